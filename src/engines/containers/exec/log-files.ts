/**
 * A log file and its successors, in order: the engine renames a new file over one that grew too large. Each is opened
 * when it appears, so that a slow reader still finds it.
 */
import { type FSWatcher, watch } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { LogGap } from '#domain/ports/engine.ts';
import { bothGaps } from '#domain/launches/log-gap.ts';
import { Throttle } from '#domain/throttle.ts';
import { ignore } from '#protocol/ignore.ts';

/** Little, because the lines of a chunk are parsed at once. */
const CHUNK = 64 * 1024;
const LF = 0x0a;
/** The tag of a line that continues: P. */
const PART = 0x50;
/** Limit of files that wait to be read; the oldest are skipped. */
const MOST_WAITING = 2;
/** Of all logs together, in bytes per second: counting is cheap, but a program can print faster than one can count. */
const counting = new Throttle(64_000_000);
const UNKNOWN: LogGap = { lines: null, bytes: null };

export class LogFiles implements AsyncDisposable {
  /** Null before the file exists. */
  current: FileHandle | null = null;
  /** Resolves when the folder is no longer watched. */
  readonly failed: Promise<void>;
  readonly #path: string;
  readonly #watcher: FSWatcher;
  readonly #waiting: { handle: FileHandle; inode: number }[] = [];
  #gap: LogGap | null = null;
  #work: Promise<void> = Promise.resolve();
  #wake = Promise.withResolvers<void>();

  private constructor(path: string) {
    this.#path = path;
    const failure = Promise.withResolvers<void>();
    this.failed = failure.promise;
    // The folder, because the file is replaced.
    this.#watcher = watch(dirname(path), (event, name) => {
      if (name !== basename(path)) return;
      if (event === 'rename') this.#inTurn(() => this.#replaced()).catch(failure.resolve);
      else this.stir();
    });
    this.#watcher.on('error', failure.resolve);
  }

  static async open(path: string): Promise<LogFiles> {
    const files = new LogFiles(path);
    await files.#inTurn(async () => {
      files.current = await openIfThere(path);
    });
    return files;
  }

  /** Whether the current file is complete. */
  hasNext(): Promise<boolean> {
    return this.#inTurn(async () => this.#waiting.length > 0);
  }

  /** Resolves when something may have been added. */
  news(): Promise<void> {
    this.#wake = Promise.withResolvers();
    return this.#wake.promise;
  }

  stir(): void {
    this.#wake.resolve();
  }

  /** Continues with the next file. Returns the gap if files were skipped. */
  advance(): Promise<LogGap | null> {
    return this.#inTurn(async () => {
      await this.current?.close();
      this.current = this.#waiting.shift()?.handle ?? null;
      const gap = this.#gap;
      this.#gap = null;
      return gap;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#watcher.close();
    await this.#work;
    await this.current?.close();
    await Promise.all(this.#waiting.map(({ handle }) => handle.close()));
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#work.then(work);
    this.#work = done.then(
      () => undefined,
      () => this.stir(),
    );
    return done;
  }

  async #replaced(): Promise<void> {
    const handle = await openIfThere(this.#path);
    if (handle === null) return;
    const inode = await inodeOf(handle);
    const known = this.#waiting.at(-1);
    if (known?.inode === inode) {
      // It was replaced twice; the file in between is lost.
      this.#gap = UNKNOWN;
      return handle.close();
    }
    if (this.current !== null && (await inodeOf(this.current)) === inode) return handle.close();
    this.#waiting.push({ handle, inode });
    if (this.#waiting.length > MOST_WAITING) await this.#leaveOut();
    return this.stir();
  }

  async #leaveOut(): Promise<void> {
    const oldest = this.#waiting.shift();
    if (oldest === undefined) return;
    this.#gap = bothGaps(this.#gap, (await sizeOf(oldest.handle)).gap);
    await oldest.handle.close();
  }
}

/** From an offset to the current end. */
export async function* chunksOf(handle: FileHandle, from: number): AsyncGenerator<Buffer> {
  for (let offset = from; ;) {
    const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(CHUNK), 0, CHUNK, offset);
    if (bytesRead === 0) return;
    offset += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

/**
 * The size of the lines from one offset, at which a line of the file begins, to the first end of a line behind another, and
 * that end. Counts without parsing: prefixes have equal length and end with the tag.
 */
export async function sizeOf(
  handle: FileHandle,
  { from: begin = 0, until = Number.POSITIVE_INFINITY } = {},
): Promise<{ readonly gap: LogGap; readonly end: number }> {
  const gap = { lines: 0, bytes: 0 };
  let at = begin;
  let head: number | null = null;
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of chunksOf(handle, begin)) {
    await counting.take(chunk.length);
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    head ??= /^\S+ std... [FP] /.exec(bytes.toString('latin1', 0, 80))?.[0].length ?? 0;
    let from = 0;
    for (let end = bytes.indexOf(LF); end >= 0; end = bytes.indexOf(LF, from)) {
      const isLast = bytes[from + head - 2] !== PART;
      gap.lines += Number(isLast);
      gap.bytes += Math.max(0, end - from - head) + Number(isLast);
      from = end + 1;
      if (isLast && at + from >= until) return { gap, end: at + from };
    }
    rest = bytes.subarray(from);
    at += from;
  }
  return { gap, end: at };
}

async function inodeOf(handle: FileHandle): Promise<number> {
  return (await handle.stat()).ino;
}

async function openIfThere(path: string): Promise<FileHandle | null> {
  return open(path, 'r').catch(ignore('the log file is not there yet', null));
}
