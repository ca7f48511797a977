/** Conversion of log bytes to lines of text: split anywhere, damaged, unfinished, or too long. */
import assert from 'node:assert/strict';
import { appendFile, mkdtemp, readdir, readlink, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import type { EngineLogLine } from '#domain/ports/engine.ts';
import { keepingUp } from '#domain/launches/log-gap.ts';
import { LONGEST_LINE_BYTES, OpenLine, StampedLines } from '#domain/launches/log-line.ts';
import { presentLine } from '#domain/launches/log-text.ts';
import { followFile, LogFileParser, tailOfFile } from '#engines/containers/exec/log-file.ts';
import { needsLinux } from '../../../fixtures/machine.ts';

const TIME = '2026-11-22T00:34:01.542345678+01:00';
const LF = 0x0a;

/**
 * The output of a program in one line: characters of several bytes, parts of them, carriage returns, and anything else.
 */
const printed = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 8 }).map((text) => Buffer.from(text)),
      fc.uint8Array({ maxLength: 6 }).map((bytes) => Buffer.from(bytes)),
      fc.constantFrom('\r', '\r\r', '\r\n', '€', '\u{1F600}', '\u001B[31m').map((text) => Buffer.from(text)),
    ),
    { maxLength: 12 },
  )
  .map((parts) => Buffer.from(Buffer.concat(parts).filter((byte) => byte !== LF)));
const cuts = fc.array(fc.nat(2_000), { maxLength: 10 });

/** The line as a terminal shows it, ignoring remains of longer states. */
function seen(bytes: Buffer): string {
  return bytes.toString('latin1').replace(/\r+$/, '').split('\r').at(-1) ?? '';
}
const textOf = (bytes: Buffer): string => Buffer.from(seen(bytes), 'latin1').toString('utf8');

function pieces(bytes: Buffer, at: readonly number[]): Buffer[] {
  const places = [...new Set([0, ...at.map((place) => place % (bytes.length + 1)), bytes.length])].toSorted(
    (a, b) => a - b,
  );
  return places.slice(1).map((place, index) => bytes.subarray(places[index], place));
}

/** The output of conmon for a line that it reads in these pieces. */
function fileOf(line: Buffer, at: readonly number[], stream = 'stdout'): Buffer {
  const parts = line.length === 0 ? [line] : pieces(line, at);
  return Buffer.concat(
    parts.flatMap((part, index) => [
      Buffer.from(`${TIME} ${stream} ${index === parts.length - 1 ? 'F' : 'P'} `),
      part,
      Buffer.from('\n'),
    ]),
  );
}

suite('bytes of a log', () => {
  test('any bytes result in the same text, wherever the engine split the line and the reader split the file', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(printed, cuts), { maxLength: 4 }), cuts, (lines, chunks) => {
        const parser = new LogFileParser();
        const file = Buffer.concat(lines.map(([line, at]) => fileOf(line, at)));
        const found = [...pieces(file, chunks).flatMap((chunk) => parser.push(chunk)), ...parser.end()];
        assert.deepEqual(
          found.map(({ text }) => text),
          lines.map(([line]) => textOf(line)),
        );
      }),
    );
  });

  test("any bytes result in the same text, wherever the API's stream is split", () => {
    fc.assert(
      fc.property(fc.array(printed, { minLength: 1, maxLength: 4 }), cuts, (lines, chunks) => {
        const stamped = new StampedLines();
        const stream = Buffer.concat(lines.flatMap((line) => [Buffer.from(`${TIME} `), line, Buffer.from('\n')]));
        const found = [...pieces(stream, chunks).flatMap((chunk) => stamped.push(chunk)), ...stamped.end()];
        assert.deepEqual(
          found.map(({ stamp, text }) => [stamp, text]),
          lines.map((line) => [TIME, textOf(line)]),
        );
      }),
    );
  });

  test('a line in several frames, each with a timestamp, is one line', () => {
    fc.assert(
      fc.property(printed, cuts, (line, at) => {
        const stamped = new StampedLines();
        const parts = line.length === 0 ? [line] : pieces(line, at);
        const frames = parts.map((part, index) =>
          Buffer.concat([Buffer.from(`${TIME} `), part, Buffer.from(index === parts.length - 1 ? '\n' : '')]),
        );
        const found = [...frames.flatMap((frame) => stamped.pushStamped(frame)), ...stamped.end()];
        assert.deepEqual(found, [{ stamp: TIME, text: textOf(line) }]);
      }),
    );
  });

  test('an invalid byte is one replacement character, and its neighbours are kept', () => {
    for (const [bytes, text] of [
      ['61 ff 62', 'a\uFFFDb'],
      ['61 e2 82 62', 'a\uFFFDb'],
      ['ff fe 61', '\uFFFD\uFFFDa'],
      ['61 c3', 'a\uFFFD'],
      ['ef bb bf 61', '\uFEFFa'],
    ] as const) {
      const parser = new LogFileParser();
      const [line] = parser.push(fileOf(Buffer.from(bytes.replaceAll(' ', ''), 'hex'), [1, 2]));
      assert.equal(line?.text, text, bytes);
    }
  });

  test('a line of 10 MB keeps its start, in whole characters, and the rest is counted', () => {
    for (const letter of ['x', 'ß', '€', '\u{1F600}']) {
      const all = Buffer.from(letter.repeat(10_000_000 / Buffer.byteLength(letter)));
      const parser = new LogFileParser();
      const [line] = parser.push(
        fileOf(
          all,
          Array.from({ length: 1_000 }, (_, index) => index * 8_191),
        ),
      );
      assert.ok(line);
      const kept = Buffer.byteLength(line.text);
      assert.ok(kept <= LONGEST_LINE_BYTES && kept > LONGEST_LINE_BYTES - 4, `${kept} bytes of ${letter}`);
      assert.equal(kept + (line.cut ?? 0), all.length);
      assert.equal(line.text, letter.repeat(line.text.length / letter.length));
      assert.match(presentLine(line).text, / … 9\.9 MB more of this line left out …$/);
    }
  });

  test('a progress bar longer than the limit shows its last state', () => {
    const line = new OpenLine();
    for (let share = 0; share <= 100; share += 1) line.add(Buffer.from(`\r${'#'.repeat(2_000)} ${share} %`));
    assert.equal(line.take().text, `${'#'.repeat(2_000)} 100 %`);
  });
});

suite('following a log file', { timeout: 60_000 }, () => {
  test(
    'a reader gets every line, or learns how many it missed, across files that are replaced',
    needsLinux(),
    async () => {
      const folder = await mkdtemp(join(tmpdir(), 'deskpod-log-'));
      const path = join(folder, 'ctr.log');
      try {
        await writeFile(path, linesFrom(0, 10));
        const ended = Promise.withResolvers<void>();
        const reader = followFile(path, 1_000_000, ended.promise, AbortSignal.timeout(50_000));
        const found: EngineLogLine[] = [];
        for (let index = 0; index < 10; index += 1) found.push((await reader.next()).value as EngineLogLine);
        // The reader waits for the next line. Meanwhile five more files are written, of which it can read the last
        // ones.
        for (let file = 1; file <= 5; file += 1) {
          await writeFile(`${path}.tmp`, linesFrom(file * 1_000, 1_000));
          await rename(`${path}.tmp`, path);
          await noticed(path);
        }
        await appendFile(path, linesFrom(6_000, 1));
        ended.resolve();
        for await (const line of reader) found.push(line);
        const gaps = found.flatMap(({ skipped }) => skipped ?? []);
        const read = found.filter(({ skipped }) => skipped === undefined).length;
        const missed = gaps.reduce((sum, { lines }) => sum + (lines ?? Number.NaN), 0);
        assert.ok(gaps.length <= 1, `${gaps.length} gaps`);
        assert.equal(read + missed, 5_011, `${read} read, ${missed} missed`);
        if (gaps[0]) assert.equal(gaps[0].bytes, missed * 'line 1000\n'.length);
        assert.equal(found.at(-1)?.text, 'line 6000');
      } finally {
        await rm(folder, { recursive: true });
      }
    },
  );

  test(
    'a reader that is paused keeps a limited number of files, and the gap has its exact size',
    needsLinux(),
    async () => {
      const folder = await mkdtemp(join(tmpdir(), 'deskpod-log-'));
      const path = join(folder, 'ctr.log');
      try {
        await writeFile(path, linesFrom(1_000, 1_000));
        const ended = Promise.withResolvers<void>();
        const reader = followFile(path, 1_000_000, ended.promise, AbortSignal.timeout(50_000));
        const found = [(await reader.next()).value as EngineLogLine];
        for (let file = 2; file <= 7; file += 1) {
          await writeFile(`${path}.tmp`, linesFrom(file * 1_000, 1_000));
          await rename(`${path}.tmp`, path);
          await noticed(path);
        }
        ended.resolve();
        for await (const line of reader) found.push(line);
        const gap = found.findIndex(({ skipped }) => skipped !== undefined);
        assert.deepEqual(found[gap], {
          at: null,
          stream: 'stderr',
          text: '',
          skipped: { lines: 4_000, bytes: 4_000 * 'line 1000\n'.length },
        });
        assert.deepEqual(
          [found[gap - 1]?.text, found[gap + 1]?.text, found.at(-1)?.text],
          ['line 1999', 'line 6000', 'line 7999'],
        );
      } finally {
        await rm(folder, { recursive: true });
      }
    },
  );

  test('a reader that is far behind in one file skips to its last lines, and the gap has its exact size', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'deskpod-log-'));
    const path = join(folder, 'ctr.log');
    try {
      await writeFile(path, linesFrom(0, 10));
      const ended = Promise.withResolvers<void>();
      const reader = followFile(path, 1_000_000, ended.promise, AbortSignal.timeout(50_000));
      const found = [(await reader.next()).value as EngineLogLine];
      // The reader reads nothing while the program prints 300 000 lines, some in pieces.
      await appendFile(path, `${linesFrom(10, 150_000)}${fileOf(Buffer.from('in pieces'), [2, 4]).toString()}`);
      await appendFile(path, linesFrom(150_011, 149_989));
      ended.resolve();
      for await (const line of reader) found.push(line);
      const gap = found.findIndex(({ skipped }) => skipped !== undefined);
      const { lines, bytes } = found[gap]?.skipped ?? { lines: null, bytes: null };
      assert.ok(lines !== null && bytes !== null && lines > 200_000, `${lines} lines skipped`);
      assert.equal(found.length - 1 + lines, 300_000);
      const [before, after] = [gap - 1, gap + 1].map((at) => Number(found[at]?.text.split(' ')[1]));
      assert.equal(after, (before ?? 0) + lines + 1);
      assert.equal(found.at(-1)?.text, 'line 299999');
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test('an unfinished last line is reported when no more output follows', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'deskpod-log-'));
    const path = join(folder, 'ctr.log');
    try {
      await writeFile(path, `${TIME} stdout F one\n${TIME} stdout P tw`);
      await appendFile(path, `o\n`);
      assert.deepEqual(
        (await tailOfFile(path, 1_000)).map(({ text }) => text),
        ['one', 'two'],
      );
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

suite('a reader that is too slow', { timeout: 60_000 }, () => {
  const line = (index: number): EngineLogLine => ({ at: null, stream: 'stdout', text: `line ${index}` });

  test('a slow reader gets each line, or a gap with the exact size of the missing lines, in order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(200), { maxLength: 12 }),
        fc.integer({ min: 200, max: 4_000 }),
        async (bursts, most) => {
          let next = 0;
          async function* source(): AsyncGenerator<EngineLogLine> {
            for (const burst of bursts) {
              for (let index = 0; index < burst; index += 1) yield line(next++);
              await setImmediate();
            }
          }
          let expected = 0;
          for await (const { text, skipped } of keepingUp(source, AbortSignal.timeout(5_000), most)) {
            if (skipped === undefined) assert.equal(text, `line ${expected++}`);
            else {
              const lost = Array.from({ length: skipped.lines ?? 0 }, (_, index) => line(expected + index));
              assert.equal(
                skipped.bytes,
                lost.reduce((sum, one) => sum + one.text.length + 1, 0),
              );
              expected += skipped.lines ?? 0;
            }
            if (expected % 7 === 0) await setImmediate();
          }
          assert.equal(expected, next);
        },
      ),
      { numRuns: 50 },
    );
  });

  test('a read error follows the lines before it, and leaving stops reading', async () => {
    const found: string[] = [];
    const broken = keepingUp(async function* () {
      yield line(1);
      throw new Error('broke off');
    }, AbortSignal.timeout(5_000));
    await assert.rejects(async () => {
      for await (const { text } of broken) found.push(text);
    }, /broke off/);
    assert.deepEqual(found, ['line 1']);
    const left = Promise.withResolvers<void>();
    const endless = keepingUp(async function* (signal) {
      yield line(1);
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      left.resolve();
    }, AbortSignal.timeout(5_000));
    for await (const _ of endless) break;
    await left.promise;
  });

  test('the size of a gap is shown as text', () => {
    const shown = (lines: number | null, bytes: number | null) =>
      presentLine({ at: null, stream: 'stderr', text: '', skipped: { lines, bytes } }).text;
    assert.equal(shown(12_345, 4_200_000), '… 12,345 lines (4.2 MB) skipped …');
    assert.equal(shown(1, 80), '… 1 line (80 B) skipped …');
    assert.equal(shown(null, null), '… some lines skipped …');
  });
});

function linesFrom(first: number, count: number): string {
  return Array.from({ length: count }, (_, index) => `${TIME} stdout F line ${first + index}\n`).join('');
}

/** Resolves when the current file is open. */
async function noticed(path: string): Promise<void> {
  const until = Date.now() + 10_000;
  for (;;) {
    const names = await readdir('/proc/self/fd');
    const open = await Promise.all(names.map((name) => readlink(`/proc/self/fd/${name}`).catch(() => '')));
    if (open.includes(path)) return;
    assert.ok(Date.now() < until, `${path} was not opened`);
    await setImmediate();
  }
}
