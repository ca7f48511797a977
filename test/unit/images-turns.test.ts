/** Work that is shared by its waiters, and bounded side by side. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Shared, Turns } from '#engines/containers/images/turns.ts';

const never = new AbortController().signal;

test('all who wait for one piece of work get its progress and its end, and it runs once', async () => {
  let runs = 0;
  const { promise, resolve } = Promise.withResolvers<void>();
  const shared = new Shared(async (report) => {
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

test('one who gives up stops waiting at once; the work goes on for the other', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  let stopped = false;
  const shared = new Shared(async (_report, stop) => {
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

test('the work is stopped when the last one gives up, and is not joined any more', async () => {
  const shared = new Shared(
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

test('no more run side by side than there are turns, in the order they came', async () => {
  const turns = new Turns(2);
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

test('one who gives up in the queue leaves the turn to the next', async () => {
  const turns = new Turns(1);
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

test('a turn is given back by work that fails', async () => {
  const turns = new Turns(1);
  await assert.rejects(
    turns.run(never, () => Promise.reject(new Error('broken'))),
    /broken/,
  );
  assert.equal(await turns.run(never, () => Promise.resolve(1)), 1);
});
