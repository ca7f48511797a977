/** A link of one speed that all connections share: a queue of packets, first in, first out. Pure over the time. */

export interface BottleneckOptions {
  readonly bytesPerSecond: number;
  /** From one end to the other, besides the time in the queue. */
  readonly delayMs: number;
  /** How much waits at most, as time: routers keep some tenths of a second. */
  readonly queueMs: number;
}

export class Bottleneck {
  readonly #options: BottleneckOptions;
  /** When all that joined has left, in milliseconds. */
  #emptyAt = Number.NEGATIVE_INFINITY;

  constructor(options: BottleneckOptions) {
    this.#options = options;
  }

  /** When a packet that joins at `now` arrives at the other end; both in milliseconds. */
  join(bytes: number, now: number): number {
    const { bytesPerSecond, delayMs } = this.#options;
    this.#emptyAt = Math.max(this.#emptyAt, now) + (bytes * 1000) / bytesPerSecond;
    return this.#emptyAt + delayMs;
  }

  /** Milliseconds until the queue takes the next packet; 0: now. */
  fullFor(now: number): number {
    return Math.max(0, this.#emptyAt - this.#options.queueMs - now);
  }
}
