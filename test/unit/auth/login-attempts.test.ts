import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type AttemptsOptions, createAttempts } from '#auth/login-attempts.ts';
import { neighbourhood } from '#domain/server/neighbourhood.ts';
import { networkMatcher } from '#domain/server/networks.ts';

function aClock() {
  let at = 0;
  return { now: () => at, pass: (seconds: number) => (at += seconds * 1000) };
}

const attemptsAt = (clock: { now: () => number }, options: Partial<AttemptsOptions> = {}) =>
  createAttempts({ now: clock.now, ...options });

test('the first failures have no delay, further ones are delayed more and more, then refused', () => {
  const attempts = attemptsAt(aClock());
  const verdicts = Array.from({ length: 9 }, () => attempts.begin('10.0.0.1', 'hermes'));
  assert.deepEqual(
    verdicts.map((each) => (each.verdict === 'go' ? each.delayMs : `refused ${each.retryAfterSeconds}`)),
    [0, 0, 0, 250, 500, 1000, 2000, 4000, 'refused 5'],
  );
});

test('each failure after a refusal doubles the next delay, up to a minute for a name', () => {
  const clock = aClock();
  const attempts = attemptsAt(clock);
  for (let count = 0; count < 8; count += 1) attempts.begin('10.0.0.1', 'hermes');
  const refusals: number[] = [];
  for (let count = 0; count < 6; count += 1) {
    const verdict = attempts.begin('10.0.0.1', 'hermes');
    assert.equal(verdict.verdict, 'refused');
    if (verdict.verdict !== 'refused') return;
    refusals.push(verdict.retryAfterSeconds);
    clock.pass(verdict.retryAfterSeconds);
    assert.equal(attempts.begin('10.0.0.1', 'hermes').verdict, 'go');
  }
  assert.deepEqual(refusals, [5, 10, 20, 40, 60, 60]);
});

test('simultaneous attempts count while they are in progress', () => {
  const attempts = attemptsAt(aClock());
  const together = Array.from({ length: 100 }, () => attempts.begin('10.0.0.1', 'hermes'));
  assert.equal(together.filter((each) => each.verdict === 'go').length, 8);
});

test('a successful login resets the counter of the name', () => {
  const attempts = attemptsAt(aClock());
  for (let count = 0; count < 7; count += 1) attempts.begin('10.0.0.1', 'Hermes Conrad');
  attempts.succeeded('10.0.0.1', 'hermes conrád');
  assert.deepEqual(attempts.begin('10.0.0.1', 'Hermes Conrad'), { verdict: 'go', delayMs: 0 });
});

test('failures count for the account, however its name is spelled, and only the account is refused for them', () => {
  const clock = aClock();
  const attempts = attemptsAt(clock);
  const names = ['Hermes Conrad', 'hermes', 'hermes@planet.example'];
  const guess = (index: number): boolean => {
    const name = names[index % names.length] ?? '';
    assert.equal(attempts.begin('10.0.0.3', name).verdict, 'go');
    return attempts.found(name, 'hermes');
  };
  const admitted = Array.from({ length: 10 }, (_, index) => guess(index));
  assert.deepEqual(admitted, [...Array.from({ length: 8 }, () => true), false, false]);
  clock.pass(5);
  assert.deepEqual([guess(0), guess(1)], [true, false]);
});

test('a name that is refused says nothing about the other names of its account', () => {
  const attempts = attemptsAt(aClock());
  for (let count = 0; count < 9; count += 1) {
    attempts.begin('10.0.0.1', 'Hermes Conrad');
    attempts.found('Hermes Conrad', 'hermes');
  }
  assert.equal(attempts.begin('10.0.0.2', 'Hermes Conrad').verdict, 'refused');
  assert.deepEqual(attempts.begin('10.0.0.2', 'hermes'), { verdict: 'go', delayMs: 0 });
});

test('whoever uses one name is never refused without being told, however long a directory takes', () => {
  const clock = aClock();
  const attempts = attemptsAt(clock);
  const refusals: number[] = [];
  while (refusals.length < 6) {
    const verdict = attempts.begin('10.0.0.1', 'hermes');
    if (verdict.verdict === 'refused') {
      refusals.push(verdict.retryAfterSeconds);
      clock.pass(verdict.retryAfterSeconds);
      continue;
    }
    // The first lookups are slow.
    if (refusals.length === 0) clock.pass(4);
    assert.equal(attempts.found('hermes', 'hermes'), true);
  }
  assert.deepEqual(refusals, [1, 10, 20, 40, 60, 60]);
});

test('a right password resets the count of the account and of the name', () => {
  const attempts = attemptsAt(aClock());
  for (let count = 0; count < 7; count += 1) {
    attempts.begin('10.0.0.1', 'Hermes Conrad');
    attempts.found('Hermes Conrad', 'hermes');
  }
  attempts.undecided('10.0.0.1', 'Hermes Conrad', 'hermes');
  attempts.succeeded('10.0.0.1', 'Hermes Conrad', 'hermes');
  assert.deepEqual(attempts.begin('10.0.0.2', 'Hermes Conrad'), { verdict: 'go', delayMs: 0 });
  const admitted = Array.from({ length: 8 }, (_, index) => attempts.found(`name ${index}`, 'hermes'));
  assert.ok(admitted.every(Boolean));
});

test('an attempt that could not be checked counts for neither name nor address', () => {
  const attempts = attemptsAt(aClock());
  for (let count = 0; count < 100; count += 1) {
    assert.deepEqual(attempts.begin('10.0.0.1', 'hermes'), { verdict: 'go', delayMs: 0 });
    attempts.undecided('10.0.0.1', 'hermes');
  }
  for (let count = 0; count < 7; count += 1) attempts.begin('10.0.0.1', 'hermes');
  attempts.undecided('10.0.0.1', 'hermes');
  assert.equal(attempts.begin('10.0.0.1', 'hermes').verdict, 'go');
  assert.equal(attempts.begin('10.0.0.1', 'hermes').verdict, 'go');
  assert.equal(attempts.begin('10.0.0.1', 'hermes').verdict, 'refused');
});

test('attempts for one name from many addresses are slowed down', () => {
  const attempts = attemptsAt(aClock());
  const verdicts = Array.from({ length: 9 }, (_, index) => attempts.begin(`10.0.0.${index}`, 'hermes'));
  assert.equal(verdicts.at(-1)?.verdict, 'refused');
});

test('an address that tries many names is refused, its neighbours are not, and a successful login resets only its own counter', () => {
  const attempts = attemptsAt(aClock());
  for (let count = 0; count < 31; count += 1) attempts.begin('10.0.0.1', `name-${count}`);
  attempts.begin('10.0.0.1', 'mine');
  attempts.succeeded('10.0.0.1', 'mine');
  assert.equal(attempts.begin('10.0.0.1', 'another').verdict, 'go');
  assert.equal(attempts.begin('10.0.0.1', 'one-more').verdict, 'refused');
  assert.equal(attempts.begin('10.0.0.2', 'another').verdict, 'go');
});

test('many guests can log in at once', () => {
  const attempts = attemptsAt(aClock());
  const verdicts = Array.from({ length: 30 }, () => attempts.begin('10.0.0.1', ''));
  assert.ok(verdicts.every((each) => each.verdict === 'go' && each.delayMs <= 4000));
  assert.equal(attempts.begin('10.0.0.2', '').verdict, 'go');
});

test('counters expire after half an hour without attempts', () => {
  const clock = aClock();
  const attempts = attemptsAt(clock);
  for (let count = 0; count < 8; count += 1) attempts.begin('10.0.0.1', 'hermes');
  clock.pass(1801);
  assert.deepEqual(attempts.begin('10.0.0.1', 'hermes'), { verdict: 'go', delayMs: 0 });
});

test('a protected address is never refused, but a name that is guessed from there is', () => {
  const attempts = attemptsAt(aClock(), { isProtected: networkMatcher(['192.168.1.0/24']) });
  for (let count = 0; count < 100; count += 1) {
    assert.equal(attempts.begin('192.168.1.7', `name-${count}`).verdict, 'go');
  }
  for (let count = 0; count < 8; count += 1) attempts.begin('192.168.1.7', 'hermes');
  assert.equal(attempts.begin('192.168.1.7', 'hermes').verdict, 'refused');
});

test('a flood of names from a refused address does not evict other entries', () => {
  const attempts = attemptsAt(aClock());
  for (let count = 0; count < 9; count += 1) attempts.begin('10.9.9.9', 'hermes');
  for (let count = 0; count < 20_000; count += 1) attempts.begin('10.0.0.1', `flood-${count}`);
  assert.equal(attempts.begin('10.5.5.5', 'hermes').verdict, 'refused');
});

test('networks match IPv4, IPv6 and IPv4-mapped addresses', () => {
  const isInside = networkMatcher(['10.0.0.0/8', 'fd00::/8', '127.0.0.1', '::1']);
  for (const address of ['10.1.2.3', '::ffff:10.1.2.3', 'fd12::1', '127.0.0.1', '::1']) {
    assert.equal(isInside(address), true, address);
  }
  for (const address of ['11.1.2.3', '127.0.0.2', 'fe80::1', '::2', '', 'localhost']) {
    assert.equal(isInside(address), false, address);
  }
});

test('the addresses that one caller can choose from count as one', () => {
  assert.equal(neighbourhood('2001:db8:1:2:aaaa::1'), neighbourhood('2001:0DB8:1:2:ffff:1:2:3'));
  assert.notEqual(neighbourhood('2001:db8:1:2::1'), neighbourhood('2001:db8:1:3::1'));
  assert.notEqual(neighbourhood('10.0.0.1'), neighbourhood('10.0.0.2'));
  assert.equal(neighbourhood('::ffff:10.0.0.1'), '10.0.0.1');
  assert.equal(neighbourhood('fe80::1%eth0'), neighbourhood('fe80::2'));
});
