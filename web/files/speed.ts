/** Speed and time left of a transfer, from the last seconds. Pure. */

interface Sample {
  readonly at: number;
  readonly bytes: number;
}

/** Slow enough to read, fast enough to tell the truth. */
const WINDOW_MS = 8_000;

export class SpeedMeter {
  #samples: Sample[] = [];

  /** `bytes` is the sum so far; `at` in milliseconds. */
  add(at: number, bytes: number): void {
    this.#samples.push({ at, bytes });
    const oldest = this.#samples.findIndex((sample) => sample.at >= at - WINDOW_MS);
    this.#samples.splice(0, Math.max(0, oldest - 1));
  }

  /** Bytes per second; null until it can be told. */
  speed(now: number): number | null {
    const [first, last] = [this.#samples[0], this.#samples.at(-1)];
    if (!first || !last || now - first.at < 500) return null;
    return Math.max(0, ((last.bytes - first.bytes) * 1000) / (now - first.at));
  }
}

/** Milliseconds; null if unknown or nothing moves. */
export function timeLeft(bytesLeft: number, bytesPerSecond: number | null): number | null {
  return bytesPerSecond === null || bytesPerSecond < 1 ? null : (bytesLeft / bytesPerSecond) * 1000;
}
