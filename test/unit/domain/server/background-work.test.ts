/** A server that stops waits until desktops and launches have reached a final state. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BackgroundWork } from '#domain/server/background-work.ts';

test('waiting ends when all work has ended, including work that started meanwhile', async () => {
  const work = new BackgroundWork();
  const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  work.add(first.promise);
  let over = false;
  const waiting = work.settled(AbortSignal.timeout(10_000)).then(() => (over = true));
  work.add(second.promise);
  first.resolve();
  await new Promise(setImmediate);
  assert.equal(over, false);
  second.resolve();
  await waiting;
});

test('waiting ends with its signal, and at once without work', async () => {
  const work = new BackgroundWork();
  await work.settled(AbortSignal.timeout(10_000));
  work.add(new Promise(() => {}));
  await work.settled(AbortSignal.timeout(1));
  await work.settled(AbortSignal.abort());
});
