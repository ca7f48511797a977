import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EngineLogLine } from '#domain/ports/engine.ts';
import { LastLines } from '#domain/launches/last-lines.ts';

const line = (text: string): EngineLogLine => ({ at: null, stream: 'stdout', text, cut: 0 });
const kept = (limit: number, texts: readonly string[]): { texts: string[]; isFull: boolean } => {
  const last = new LastLines(limit);
  for (const text of texts) last.add(line(text));
  return { texts: last.lines().map(({ text }) => text), isFull: last.isFull };
};

test('the last lines that fit into the limit with their line ends are kept', () => {
  assert.deepEqual(kept(6, ['a', 'bb', 'ccc']), { texts: ['ccc'], isFull: true });
  assert.deepEqual(kept(7, ['a', 'bb', 'ccc']), { texts: ['bb', 'ccc'], isFull: true });
  assert.deepEqual(kept(9, ['a', 'bb', 'ccc']), { texts: ['a', 'bb', 'ccc'], isFull: false });
});

test('the limit is in bytes of UTF-8', () => {
  assert.deepEqual(kept(6, ['é', 'ü']).texts, ['é', 'ü']);
  assert.deepEqual(kept(5, ['é', 'ü']).texts, ['ü']);
});

test('nothing is kept of a line that exceeds the limit alone', () => {
  assert.deepEqual(kept(3, ['a', 'four']), { texts: [], isFull: true });
});

test('the effort for a line does not depend on how many are kept', () => {
  // Taking each from the front of an array would take minutes.
  const last = new LastLines(500_000);
  for (let count = 0; count < 1_000_000; count += 1) last.add(line(String(count % 10)));
  assert.equal(last.lines().length, 250_000);
});
