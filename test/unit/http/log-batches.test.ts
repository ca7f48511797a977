/** Followed logs in batches, at one rate for all of them. */
import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { test } from 'node:test';
import { Throttle } from '#domain/throttle.ts';
import { batched } from '#http/log-batches.ts';
import type { LogLine } from '#protocol/launch.ts';

const never = new AbortController().signal;
const line = (index: number): LogLine => ({ at: null, stream: 'stdout', text: `line ${index}` });

async function* bursts(...sizes: number[]): AsyncGenerator<LogLine> {
  let next = 0;
  for (const size of sizes) {
    for (let index = 0; index < size; index += 1) yield line(next++);
    await setImmediate();
    await setImmediate();
  }
}

test('lines that arrive together are one batch, in order, and a batch is bounded', async () => {
  const batches: (readonly LogLine[])[] = [];
  for await (const batch of batched(bursts(3, 1, 2_000), new Throttle(1e9), never)) batches.push(batch);
  assert.deepEqual(
    batches.flat().map(({ text }) => text),
    Array.from({ length: 2_004 }, (_, index) => line(index).text),
  );
  assert.deepEqual(
    batches.slice(0, 2).map(({ length }) => length),
    [3, 1],
  );
  assert.ok(batches.length >= 10 && batches.length < 20, `${batches.length} batches`);
});

test('a program that prints without end is read at the rate of all readers, and others get their turn', async () => {
  async function* endless(): AsyncGenerator<LogLine> {
    for (let index = 0; ; index += 1) yield line(index);
  }
  const throttle = new Throttle(1_000_000);
  const stop = AbortSignal.timeout(300);
  const count = async (): Promise<number> => {
    let lines = 0;
    try {
      for await (const batch of batched(endless(), throttle, stop)) {
        lines += batch.length;
        if (stop.aborted) break;
      }
    } catch (error) {
      assert.ok(stop.aborted, String(error));
    }
    return lines;
  };
  const lines = await Promise.all([count(), count(), count()]);
  const total = lines.reduce((sum, one) => sum + one, 0);
  // 300 kB at about 110 bytes, besides the first batch of each.
  assert.ok(total < 5_000, `${total} lines`);
  assert.ok(
    lines.every((one) => one > 0),
    lines.join(', '),
  );
});

test('an error comes after the lines before it', async () => {
  async function* broken(): AsyncGenerator<LogLine> {
    yield line(0);
    yield line(1);
    throw new Error('broke off');
  }
  const found: string[] = [];
  await assert.rejects(async () => {
    for await (const batch of batched(broken(), new Throttle(1e9), never)) found.push(...batch.map(({ text }) => text));
  }, /broke off/);
  assert.deepEqual(found, ['line 0', 'line 1']);
});
