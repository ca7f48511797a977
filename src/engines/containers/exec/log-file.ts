/**
 * Podman's log of one container, read from its file: the API has times in whole seconds, polls only four times a
 * second, and reorders the parts of a line that was printed in pieces.
 *
 * Each line of the file is `time stream F|P text`; P lines continue in the next line of that stream.
 */
import { open, type FileHandle } from 'node:fs/promises';
import type { EngineLogLine } from '#domain/ports/engine.ts';
import { LastLines } from '#domain/launches/last-lines.ts';
import { gapLine } from '#domain/launches/log-gap.ts';
import { OpenLine } from '#domain/launches/log-line.ts';
import { chunksOf, LogFiles, sizeOf } from './log-files.ts';
import { ignore } from '#protocol/ignore.ts';

/** The prefix of a line: time, stream and tag. */
const LINE_OVERHEAD = 48;
const LONGEST_HEAD = 80;
/** How far a reader may be behind in one file, and where it continues then: that far before the end. */
const MOST_BEHIND = 8 * 1024 * 1024;
const RESUMED_BEHIND = 256 * 1024;
const LF = 0x0a;
const NOTHING = Buffer.alloc(0);

/** Joins pieces of lines; chunks may split anywhere. */
export class LogFileParser {
  #rest: Buffer = NOTHING;
  readonly #open = new Map<'stdout' | 'stderr', { at: Date; line: OpenLine }>();
  /** Skips the first line, which is the end of an earlier one. */
  #beginsInside: boolean;

  constructor({ inside = false } = {}) {
    this.#beginsInside = inside;
  }

  push(chunk: Buffer): EngineLogLine[] {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const found: EngineLogLine[] = [];
    let from = 0;
    for (let end = bytes.indexOf(LF); end >= 0; end = bytes.indexOf(LF, from)) {
      const line = this.#line(bytes.subarray(from, end));
      if (line !== null) found.push(line);
      from = end + 1;
    }
    this.#rest = bytes.subarray(from);
    return found;
  }

  /** Forgets unfinished lines. Returns the bytes of the last one that the file has so far. */
  skip(): number {
    const { length } = this.#rest;
    this.#rest = NOTHING;
    this.#open.clear();
    this.#beginsInside = false;
    return length;
  }

  /** Lines that were never finished. */
  end(): EngineLogLine[] {
    const open = [...this.#open].filter(([, { line }]) => !line.isEmpty);
    this.#open.clear();
    this.#rest = NOTHING;
    return open.map(([stream, { at, line }]) => ({ at: validOrNull(at), stream, ...line.take() }));
  }

  #line(raw: Buffer): EngineLogLine | null {
    const head = /^(\S+) (stdout|stderr) ([FP])(?::\S*)? ?/.exec(raw.toString('latin1', 0, LONGEST_HEAD));
    const [whole = '', time, stream, tag] = head ?? [];
    if (time === undefined || (stream !== 'stdout' && stream !== 'stderr')) return null;
    const { at, line } = this.#open.get(stream) ?? { at: new Date(time), line: new OpenLine() };
    line.add(raw.subarray(whole.length));
    if (tag === 'P') {
      this.#open.set(stream, { at, line });
      return null;
    }
    this.#open.delete(stream);
    if (this.#beginsInside) {
      this.#beginsInside = false;
      return null;
    }
    return { at: validOrNull(at), stream, ...line.take() };
  }
}

function validOrNull(at: Date): Date | null {
  return Number.isNaN(at.getTime()) ? null : at;
}

/** The end of the file as lines with at most `tailBytes` of text. None when the file does not exist. */
export async function tailOfFile(path: string, tailBytes: number): Promise<EngineLogLine[]> {
  const handle = await open(path, 'r').catch(ignore('the log file is not there', null));
  if (handle === null) return [];
  try {
    const { lines, parser } = await readTail(handle, tailBytes);
    return [...lines, ...parser.end()];
  } finally {
    await handle.close();
  }
}

/** As `tailOfFile`, then new lines until `ended` resolves or the signal aborts, across rotations of the file. */
export async function* followFile(
  path: string,
  tailBytes: number,
  ended: Promise<unknown>,
  signal: AbortSignal,
): AsyncGenerator<EngineLogLine> {
  await using files = await LogFiles.open(path);
  let done = false;
  const finish = (): void => {
    done = true;
    files.stir();
  };
  files.failed.then(finish, finish);
  signal.addEventListener('abort', finish, { once: true });
  ended.then(finish, finish);
  try {
    const past = files.current === null ? nothingYet() : await readTail(files.current, tailBytes);
    yield* past.lines;
    const { parser } = past;
    for (let { offset } = past; !signal.aborted;) {
      const last = done;
      // The next file follows after the last line of this one.
      const isComplete = await files.hasNext();
      const news = files.news();
      let behind = 0;
      for await (const chunk of files.current === null ? [] : chunksOf(files.current, offset)) {
        offset += chunk.length;
        yield* parser.push(chunk);
        behind = files.current === null ? 0 : (await files.current.stat()).size - offset;
        if (behind > MOST_BEHIND) break;
      }
      if (files.current !== null && behind > MOST_BEHIND) {
        const range = { from: offset - parser.skip(), until: offset + behind - RESUMED_BEHIND };
        const { gap, end } = await sizeOf(files.current, range);
        offset = end;
        yield gapLine(gap);
      } else if (isComplete) {
        const gap = await files.advance();
        offset = 0;
        if (gap) yield* [...parser.end(), gapLine(gap)];
      } else if (last) break;
      else if (!done) await news;
    }
    if (!signal.aborted) yield* parser.end();
  } finally {
    signal.removeEventListener('abort', finish);
  }
}

interface Tail {
  readonly lines: readonly EngineLogLine[];
  readonly parser: LogFileParser;
  /** Where reading of the file continues. */
  readonly offset: number;
}

function nothingYet(): Tail {
  return { lines: [], parser: new LogFileParser(), offset: 0 };
}

/**
 * Starts far enough from the end for lines of usual length to fill the limit, and farther for longer lines. Reads to
 * where the file ends now: a program may print faster than it can be read.
 */
async function readTail(handle: FileHandle, tailBytes: number): Promise<Tail> {
  const { size } = await handle.stat();
  for (let reach = tailBytes * 3 + LINE_OVERHEAD * 64; ; reach *= 8) {
    const range = { from: Math.max(0, size - reach), until: size };
    const tail = await readRange(handle, range, tailBytes);
    if (range.from === 0 || tail.isFull) return tail;
  }
}

async function readRange(
  handle: FileHandle,
  { from, until }: { readonly from: number; readonly until: number },
  tailBytes: number,
): Promise<Tail & { isFull: boolean }> {
  const parser = new LogFileParser({ inside: from > 0 });
  const kept = new LastLines(tailBytes);
  let offset = from;
  for await (const chunk of chunksOf(handle, from)) {
    const bytes = chunk.subarray(0, until - offset);
    offset += bytes.length;
    for (const line of parser.push(bytes)) kept.add(line);
    if (offset >= until) break;
  }
  return { lines: kept.lines(), parser, offset, isFull: kept.isFull };
}
