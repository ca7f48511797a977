/** Shares one rate, of bytes or of other units, among transfers, in the order in which they ask. */
import { setTimeout as delay } from 'node:timers/promises';

/** Nobody waits for less: timers aren't more precise, and this much blocks others for a moment only. */
const SHORTEST_WAIT_MS = 5;

export class Throttle {
  readonly #bytesPerMs: number;
  readonly #now: () => number;
  /** When everything that was taken so far is transferred at this rate. */
  #free = 0;

  /** `now` is a monotonic clock in ms. */
  constructor(bytesPerSecond: number, now: () => number = () => performance.now()) {
    this.#bytesPerMs = bytesPerSecond / 1000;
    this.#now = now;
  }

  /** Resolves when these bytes may be transferred; rejects when the signal aborts meanwhile. */
  async take(bytes: number, signal?: AbortSignal): Promise<void> {
    const waitMs = this.claim(bytes);
    if (waitMs > 0) await delay(waitMs, undefined, signal === undefined ? {} : { signal });
  }

  /** As `take`, for callers that wait themselves: returns how many ms, often 0. */
  claim(bytes: number): number {
    const now = this.#now();
    const start = Math.max(this.#free, now);
    this.#free = start + bytes / this.#bytesPerMs;
    return start - now >= SHORTEST_WAIT_MS ? start - now : 0;
  }
}
