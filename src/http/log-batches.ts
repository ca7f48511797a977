/**
 * Lines of a followed log in batches, which cost much less than single lines. All followed logs share one rate, so a program
 * that prints without end doesn't slow other users down, however many pages show it: what its readers miss is skipped by
 * the engine, which counts the lines.
 */
import type { Throttle } from '#domain/throttle.ts';
import { ignore } from '#protocol/ignore.ts';
import type { LogLine } from '#protocol/launch.ts';

/** Of all followed logs together. */
export const LOG_BYTES_PER_SECOND = 2_000_000;
/** Of a line besides its text. */
const LINE_COST = 100;
/** A few milliseconds of work. */
const MOST_COST = 16 * 1024;

/** Batches have the lines that arrive together, at most 16 kB. An error comes after the lines before it. */
export async function* batched(
  lines: AsyncIterable<LogLine>,
  throttle: Throttle,
  signal: AbortSignal,
): AsyncGenerator<readonly LogLine[]> {
  const reader = lines[Symbol.asyncIterator]();
  const read = (): Promise<IteratorResult<LogLine>> => {
    const next = reader.next();
    next.catch(ignore('it is thrown after the lines before it'));
    return next;
  };
  try {
    for (let next = read(); ;) {
      const first = await next;
      if (first.done) return;
      next = read();
      const batch = [first.value];
      let cost = costOf(first.value);
      for (const turn = nextTurn(); cost < MOST_COST;) {
        const more = await Promise.race([next.catch(ignore('it is thrown after the lines before it', null)), turn]);
        if (more === null || more.done) break;
        next = read();
        batch.push(more.value);
        cost += costOf(more.value);
      }
      await throttle.take(cost, signal);
      yield batch;
    }
  } finally {
    // It ends with its signal, so nothing waits for it here.
    reader.return?.().catch(ignore('nobody reads this log any more'));
  }
}

function costOf({ text }: LogLine): number {
  return text.length + LINE_COST;
}

/** What is there already arrives before the event loop turns. */
function nextTurn(): Promise<null> {
  return new Promise((resolve) => setImmediate(() => resolve(null)));
}
