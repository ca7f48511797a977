/**
 * Podman's log of one container, read from its file: the API tells times in whole seconds, looks for news only four
 * times a second, and turns the words of a line around that was printed in pieces.
 *
 * Each line of the file is `time stream F|P text`; P lines go on in the next line of that stream.
 */
import { watch } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { EngineLogLine } from '#domain/engine.ts';

const CHUNK = 256 * 1024;
const MAX_LINE = 64 * 1024;
/** What stands before the text of a line: time, stream and tag. */
const LINE_OVERHEAD = 48;

/** Joins pieces of lines; bytes may come cut anywhere. */
export class LogFileParser {
  #rest: Buffer = Buffer.alloc(0);
  readonly #begun = new Map<'stdout' | 'stderr', { at: Date; text: string }>();

  push(chunk: Buffer): EngineLogLine[] {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const end = bytes.lastIndexOf(0x0a) + 1;
    this.#rest = bytes.subarray(end);
    const found =
      end === 0
        ? []
        : bytes
            .toString('utf8', 0, end - 1)
            .split('\n')
            .map((line) => this.#line(line));
    return found.filter((line) => line !== null);
  }

  /** Lines that were never finished. */
  end(): EngineLogLine[] {
    const open = [...this.#begun].map(([stream, { at, text }]): EngineLogLine => ({ at, stream, text }));
    this.#begun.clear();
    return open.filter(({ text }) => text !== '');
  }

  #line(raw: string): EngineLogLine | null {
    const [, time, stream, tag, text] = /^(\S+) (stdout|stderr) ([FP])(?::\S*)? ?(.*)$/s.exec(raw) ?? [];
    if (time === undefined || (stream !== 'stdout' && stream !== 'stderr')) return null;
    const before = this.#begun.get(stream);
    const at = before?.at ?? new Date(time);
    const whole = (before?.text ?? '') + (text ?? '');
    if (tag === 'P' && whole.length < MAX_LINE) {
      this.#begun.set(stream, { at, text: whole });
      return null;
    }
    this.#begun.delete(stream);
    return { at: Number.isNaN(at.getTime()) ? null : at, stream, text: whole.replace(/\r$/, '') };
  }
}

/** The end of the file as lines; their text is at most `tailBytes` long. A file that is not there has none. */
export async function tailOfFile(path: string, tailBytes: number): Promise<EngineLogLine[]> {
  const { lines, parser } = await readTail(path, tailBytes);
  return [...lines, ...parser.end()];
}

/** As `tailOfFile`, then what is added until `ended` resolves or the signal aborts. */
export async function* followFile(
  path: string,
  tailBytes: number,
  ended: Promise<unknown>,
  signal: AbortSignal,
): AsyncGenerator<EngineLogLine> {
  let over = false;
  let wake = Promise.withResolvers<void>();
  const stir = (): void => wake.resolve();
  const finish = (): void => {
    over = true;
    stir();
  };
  // The folder, as the file is replaced when it grows too large.
  const watcher = watch(dirname(path), (_event, name) => {
    if (name === basename(path)) stir();
  });
  watcher.on('error', finish);
  signal.addEventListener('abort', finish, { once: true });
  ended.then(finish, finish);
  try {
    const past = await readTail(path, tailBytes);
    yield* past.lines;
    for (let place = past.place; !signal.aborted;) {
      const last = over;
      wake = Promise.withResolvers<void>();
      for await (const [lines, next] of readFrom(path, place, past.parser)) {
        place = next;
        yield* lines;
      }
      if (last) break;
      if (!over) await wake.promise;
    }
    if (!signal.aborted) yield* past.parser.end();
  } finally {
    signal.removeEventListener('abort', finish);
    watcher.close();
  }
}

interface Place {
  readonly file: number;
  readonly offset: number;
}

async function readTail(
  path: string,
  tailBytes: number,
): Promise<{ lines: EngineLogLine[]; place: Place; parser: LogFileParser }> {
  const parser = new LogFileParser();
  const lines: EngineLogLine[] = [];
  let size = 0;
  const start = await tailStart(path, tailBytes);
  let place = start;
  for await (const [more, next] of readFrom(path, start, parser)) {
    place = next;
    for (const line of more) {
      lines.push(line);
      size += Buffer.byteLength(line.text) + 1;
      while (size > tailBytes) size -= Buffer.byteLength(lines.shift()?.text ?? '') + 1;
    }
  }
  return { lines, place, parser };
}

/** Far enough from the end that lines of usual length fill the bound; the line that is cut there does not parse. */
async function tailStart(path: string, tailBytes: number): Promise<Place> {
  const handle = await openIfThere(path);
  if (handle === null) return { file: 0, offset: 0 };
  try {
    const { ino, size } = await handle.stat();
    return { file: ino, offset: Math.max(0, size - tailBytes * 3 - LINE_OVERHEAD * 64) };
  } finally {
    await handle.close();
  }
}

/** From a place to the present end; from the beginning if the file was replaced. */
async function* readFrom(path: string, from: Place, parser: LogFileParser): AsyncGenerator<[EngineLogLine[], Place]> {
  const handle = await openIfThere(path);
  if (handle === null) return;
  try {
    const { ino } = await handle.stat();
    let offset = ino === from.file ? from.offset : 0;
    const buffer = Buffer.alloc(CHUNK);
    for (;;) {
      const { bytesRead } = await handle.read(buffer, 0, CHUNK, offset);
      if (bytesRead === 0) return;
      offset += bytesRead;
      yield [parser.push(Buffer.from(buffer.subarray(0, bytesRead))), { file: ino, offset }];
    }
  } finally {
    await handle.close();
  }
}

async function openIfThere(path: string): Promise<FileHandle | null> {
  return open(path, 'r').catch(() => null);
}
