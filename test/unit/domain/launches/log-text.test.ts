import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatLine, keepEnd, parseLog } from '#domain/launches/log-text.ts';
import type { LogLine } from '#protocol/launch.ts';

const line = fc
  .record({
    at: fc.option(
      fc
        .date({ min: new Date('2000-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })
        .map((date) => date.toISOString()),
    ),
    stream: fc.constantFrom('stdout' as const, 'stderr' as const),
    text: fc.string().map((text) => text.replaceAll(/[\n\r]/g, ' ')),
  })
  .map((fields) => ({ ...fields }));

test('a stored log is read back unchanged', () => {
  fc.assert(
    fc.property(fc.array(line), (lines) => {
      assert.deepEqual(parseLog(keepEnd(lines)), lines);
    }),
  );
});

test('a log that is too long keeps only whole lines from its end', () => {
  const lines: LogLine[] = Array.from({ length: 100 }, (_, index) => ({
    at: null,
    stream: 'stdout',
    text: `line ${index}`,
  }));
  const kept = keepEnd(lines, 100);
  assert.ok(Buffer.byteLength(kept) <= 100);
  assert.equal(parseLog(kept).at(-1)?.text, 'line 99');
  assert.ok(parseLog(kept).every(({ text }) => /^line \d+$/.test(text)));
});

test('any text is read as lines without an error', () => {
  fc.assert(fc.property(fc.string(), (text) => void parseLog(text)));
});

test('a line with a timestamp keeps it', () => {
  assert.equal(
    formatLine({ at: '2026-01-01T00:00:00.000Z', stream: 'stderr', text: 'boom' }),
    '2026-01-01T00:00:00.000Z stderr boom\n',
  );
});
