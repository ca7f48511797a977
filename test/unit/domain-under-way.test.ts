/** A server that is told to stop lets desktops and launches come to their end. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UnderWay } from '#domain/under-way.ts';

test('it is over when all that was begun has ended, what began meanwhile too', async () => {
  const work = new UnderWay();
  const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  work.add(first.promise);
  let over = false;
  const waiting = work.over(AbortSignal.timeout(10_000)).then(() => (over = true));
  work.add(second.promise);
  first.resolve();
  await new Promise(setImmediate);
  assert.equal(over, false);
  second.resolve();
  await waiting;
});

test('nobody waits longer than they want to, and nobody waits for nothing', async () => {
  const work = new UnderWay();
  await work.over(AbortSignal.timeout(10_000));
  work.add(new Promise(() => {}));
  await work.over(AbortSignal.timeout(1));
  await work.over(AbortSignal.abort());
});
