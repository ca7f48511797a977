/** Computes the figures of a speed test: rates of transfers, jitter of round trips. Pure. */

/** Bytes transferred until a point in time. */
interface Mark {
  readonly at: number;
  readonly bytes: number;
}

/** Connections start slowly, so the first samples are ignored. */
const WARM_UP_MS = 1_000;
/** Window of the figure shown during the test. */
const LIVE_MS = 1_000;

/** Collects one mark per sample; times in milliseconds, rates in bits per second. */
export class Meter {
  readonly #marks: Mark[];

  constructor(at: number) {
    this.#marks = [{ at, bytes: 0 }];
  }

  /** `bytes` since the start. */
  mark(at: number, bytes: number): void {
    this.#marks.push({ at, bytes });
  }

  get bytes(): number {
    return this.#marks.at(-1)?.bytes ?? 0;
  }

  get samples(): number {
    return this.#rates().length;
  }

  /** Over about the last second; null without samples. */
  live(): number | null {
    const last = this.#marks.at(-1);
    const from = this.#marks.findLast(({ at }) => last !== undefined && at <= last.at - LIVE_MS) ?? this.#marks[0];
    return last && from && last.at > from.at ? rate(from, last) : null;
  }

  /** Of the samples after the warm-up, or of all if there are none. */
  median(): number | null {
    return median(this.#rates());
  }

  #rates(): readonly number[] {
    const all = this.#marks
      .slice(1)
      .map((mark, index) => [this.#marks[index], mark] as const)
      .flatMap(([before, mark]) =>
        before && mark.at > before.at ? [{ at: before.at, rate: rate(before, mark) }] : [],
      );
    const startedAt = this.#marks[0]?.at ?? 0;
    const warm = all.filter(({ at }) => at >= startedAt + WARM_UP_MS);
    return (warm.length > 0 ? warm : all).map((one) => one.rate);
  }
}

function rate(from: Mark, to: Mark): number {
  return ((to.bytes - from.bytes) * 8000) / (to.at - from.at);
}

export function median(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return low === undefined || high === undefined ? null : (low + high) / 2;
}

/** The average difference between consecutive round trips. */
export function jitter(trips: readonly number[]): number | null {
  if (trips.length < 2) return null;
  const steps = trips.slice(1).map((trip, index) => Math.abs(trip - (trips[index] ?? trip)));
  return steps.reduce((sum, step) => sum + step, 0) / steps.length;
}
