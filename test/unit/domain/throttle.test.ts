/** One rate for all transfers. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Throttle } from '#domain/throttle.ts';

const never = new AbortController().signal;

test('a transfer waits for those before it, and idle time is not saved up', async () => {
  let now = 0;
  const throttle = new Throttle(1_000_000, () => now);
  now = 60_000;
  const begun = performance.now();
  const done: string[] = [];
  const take = async (name: string, bytes: number) => {
    await throttle.take(bytes, never);
    done.push(name);
    return performance.now() - begun;
  };
  const [first, second, third] = await Promise.all([take('first', 100_000), take('second', 50_000), take('third', 1)]);
  assert.deepEqual(done, ['first', 'second', 'third']);
  // Timers may be a millisecond early.
  assert.ok(first < 90 && second > 98 && third > 148, `${first}, ${second}, ${third} ms`);
});

test('who leaves stops waiting', async () => {
  const throttle = new Throttle(1);
  await throttle.take(1_000_000, never);
  await assert.rejects(throttle.take(1, AbortSignal.abort()), { name: 'AbortError' });
});
