/** Gaps in a log: lines that a slow reader misses are dropped and counted, and the reader is informed. */
import { ignore } from '#protocol/ignore.ts';
import { Throttle } from '../throttle.ts';
import type { EngineLogLine, LogGap } from '../ports/engine.ts';

/** How far a reader may be behind. */
const MOST_BEHIND_BYTES = 8 * 1024 * 1024;
/** Memory of a line besides its text. */
const LINE_COST = 100;
/**
 * Of all logs together: reading what nobody gets to see must not slow other users down. A line costs as much work as this
 * many bytes of text, wherever it comes from: short lines are limited to some 30,000 a second.
 */
const READ_PER_SECOND = 16_000_000;
const LINE_WORK = 500;
const READ_AT_ONCE = 64 * 1024;
const throttle = new Throttle(READ_PER_SECOND);

export function gapLine(skipped: LogGap): EngineLogLine {
  return { at: null, stream: 'stderr', text: '', skipped };
}

/** Merges two gaps; an unknown size stays unknown. */
export function bothGaps(one: LogGap | null, other: LogGap): LogGap {
  const sum = (a: number | null, b: number | null): number | null => (a === null || b === null ? null : a + b);
  return one === null ? other : { lines: sum(one.lines, other.lines), bytes: sum(one.bytes, other.bytes) };
}

/**
 * Reads lines as fast as they arrive, within a rate, for engines that drop what isn't read in time. `read` ends with its
 * signal; an error that it throws comes after the lines before it.
 */
export async function* keepingUp(
  read: (signal: AbortSignal) => AsyncIterable<EngineLogLine>,
  outer: AbortSignal,
  most = MOST_BEHIND_BYTES,
): AsyncGenerator<EngineLogLine> {
  const left = new AbortController();
  const backlog = new Backlog(most);
  const reading = (async () => {
    const signal = AbortSignal.any([outer, left.signal]);
    let cost = 0;
    for await (const line of read(signal)) {
      backlog.add(line);
      cost += line.text.length + LINE_WORK;
      if (cost < READ_AT_ONCE) continue;
      await throttle.take(cost, signal).catch(ignore('the reader of the log left'));
      cost = 0;
    }
  })().finally(() => backlog.close());
  reading.catch(ignore('it is thrown after the lines before it'));
  try {
    while (await backlog.filled()) yield* backlog.take();
    await reading;
  } finally {
    left.abort();
  }
}

class Backlog {
  readonly #most: number;
  #lines: EngineLogLine[] = [];
  #bytes = 0;
  /** What was dropped before the first line. */
  #gap: LogGap | null = null;
  #closed = false;
  #wake = Promise.withResolvers<void>();

  constructor(most: number) {
    this.#most = most;
  }

  add(line: EngineLogLine): void {
    const cost = line.text.length + LINE_COST;
    this.#lines.push(line);
    this.#bytes += cost;
    if (this.#bytes > this.#most) this.#drop();
    this.#wake.resolve();
  }

  close(): void {
    this.#closed = true;
    this.#wake.resolve();
  }

  /** Resolves with true if there are lines, and with false once it is closed and empty. */
  async filled(): Promise<boolean> {
    for (;;) {
      if (this.#lines.length > 0 || this.#gap !== null) return true;
      if (this.#closed) return false;
      await this.#wake.promise;
      this.#wake = Promise.withResolvers();
    }
  }

  take(): EngineLogLine[] {
    const all = this.#gap === null ? this.#lines : [gapLine(this.#gap), ...this.#lines];
    this.#lines = [];
    this.#bytes = 0;
    this.#gap = null;
    return all;
  }

  /** Drops many lines at once, so that there are few gaps. */
  #drop(): void {
    this.#gap = bothGaps(this.#gap, sizeOf(this.#lines));
    this.#lines = [];
    this.#bytes = 0;
  }
}

function sizeOf(lines: readonly EngineLogLine[]): LogGap {
  return lines
    .map(({ text, cut, skipped }): LogGap => skipped ?? { lines: 1, bytes: Buffer.byteLength(text) + 1 + (cut ?? 0) })
    .reduce((all, one) => bothGaps(all, one), { lines: 0, bytes: 0 });
}
