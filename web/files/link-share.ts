/**
 * How much of the link uploads take: parts that a slow link sends in a moment, and little while keys are typed, which go the
 * same way. Pure over its clock.
 */

/** A key waits for at most about this much of each upload. */
const TARGET_MS = 300;
const LEAST_BYTES = 256 * 1024;
const MOST_BYTES = 8 * 1024 * 1024;
const FIRST_BYTES = 1024 * 1024;
/** After the last key. */
const TYPING_MS = 1_000;
/** Between two parts meanwhile. */
const PAUSE_MS = 500;

export class LinkShare {
  readonly #now: () => number;
  #bytes = FIRST_BYTES;
  #typedAt = Number.NEGATIVE_INFINITY;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** A key or a click went to the desktop. */
  typed(): void {
    this.#typedAt = this.#now();
  }

  /** Before the next part. */
  get waitMs(): number {
    return this.#isTyping ? PAUSE_MS : 0;
  }

  get partBytes(): number {
    return this.#isTyping ? LEAST_BYTES : this.#bytes;
  }

  /** A part took this long. At most twice as much or half as much is next: one measurement says little. */
  sent(bytes: number, ms: number): void {
    // Shorter ones tell of the time that a request takes.
    if (bytes < this.#bytes) return;
    const fitting = (bytes * TARGET_MS) / Math.max(1, ms);
    const next = Math.min(bytes * 2, Math.max(bytes / 2, fitting));
    this.#bytes = Math.round(Math.min(MOST_BYTES, Math.max(LEAST_BYTES, next)));
  }

  get #isTyping(): boolean {
    return this.#now() - this.#typedAt < TYPING_MS;
  }
}
