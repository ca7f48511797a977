/** Work that is shared by its waiters, with limited concurrency. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { SharedBuilds, BuildLock } from '#containers-client/images/build-lock.ts';

const never = new AbortController().signal;

test('all waiters for one piece of work get its progress and its result, and it runs once', async () => {
  let runs = 0;
  const { promise, resolve } = Promise.withResolvers<void>();
  const shared = new SharedBuilds(async (report) => {
    runs += 1;
    await promise;
    report('half way');
  });
  const heard: string[] = [];
  const waiting = [1, 2].map((who) => shared.join((line) => heard.push(`${who} ${line}`), never));
  resolve();
  await Promise.all(waiting);
  assert.equal(runs, 1);
  assert.deepEqual(heard, ['1 half way', '2 half way']);
  assert.equal(shared.ended, true);
});

test('a waiter that aborts stops waiting at once, and the work continues for the others', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  let stopped = false;
  const shared = new SharedBuilds(async (_report, stop) => {
    stop.addEventListener('abort', () => (stopped = true));
    await promise;
  });
  const impatient = new AbortController();
  const first = shared.join(() => undefined, impatient.signal);
  const second = shared.join(() => undefined, never);
  impatient.abort(new Error('enough'));
  await assert.rejects(first, /enough/);
  assert.equal(stopped, false);
  resolve();
  await second;
});

test('work is stopped when its last waiter aborts, and cannot be joined any more', async () => {
  const shared = new SharedBuilds(
    (_report, stop) =>
      new Promise((_resolve, reject) => stop.addEventListener('abort', () => reject(new Error('stopped')))),
  );
  const impatient = new AbortController();
  const waiting = shared.join(() => undefined, impatient.signal);
  impatient.abort(new Error('enough'));
  await assert.rejects(waiting, /enough/);
  assert.equal(shared.ended, true);
  await shared.settled;
});

test('concurrency is limited, and work starts in the order of its arrival', async () => {
  const turns = new BuildLock(2);
  const order: number[] = [];
  let running = 0;
  let most = 0;
  await Promise.all(
    [1, 2, 3, 4, 5].map((who) =>
      turns.run(never, async () => {
        most = Math.max(most, ++running);
        order.push(who);
        await nextTurn();
        running -= 1;
      }),
    ),
  );
  assert.equal(most, 2);
  assert.deepEqual(order, [1, 2, 3, 4, 5]);
});

test('a waiter that aborts in the queue makes room for the next one', async () => {
  const turns = new BuildLock(1);
  const { promise, resolve } = Promise.withResolvers<void>();
  const first = turns.run(never, () => promise);
  const impatient = new AbortController();
  const second = turns.run(impatient.signal, () => Promise.resolve('second'));
  const third = turns.run(never, () => Promise.resolve('third'));
  impatient.abort(new Error('enough'));
  await assert.rejects(second, /enough/);
  resolve();
  await first;
  assert.equal(await third, 'third');
});

test('work that fails makes room for the next one', async () => {
  const turns = new BuildLock(1);
  await assert.rejects(
    turns.run(never, () => Promise.reject(new Error('broken'))),
    /broken/,
  );
  assert.equal(await turns.run(never, () => Promise.resolve(1)), 1);
});
