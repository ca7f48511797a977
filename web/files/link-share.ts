/**
 * How much of the link uploads take: parts that a slow link sends in a moment; and while keys are typed, which go the same way,
 * about a quarter of it, one part at a time, so short that a key hardly waits. Pure over its clock.
 */

/** How long a part of each upload takes, about. */
const PART_MS = 300;
const LEAST_BYTES = 64 * 1024;
const MOST_BYTES = 8 * 1024 * 1024;
const FIRST_BYTES = 1024 * 1024;
/** After the last key: people pause between words. */
const TYPING_MS = 3_000;
/** How long the link is busy with a part meanwhile, and from one part to the next of any upload. */
const TYPING_PART_MS = 20;
const TYPING_EVERY_MS = 80;
const LEAST_TYPING_BYTES = 8 * 1024;

export class LinkShare {
  readonly #now: () => number;
  #bytes = FIRST_BYTES;
  /** Bytes in a millisecond, of all uploads; 0 until it is known. */
  #speed = 0;
  /** Parts that are being sent. */
  #underWay = 0;
  #typedAt = Number.NEGATIVE_INFINITY;
  /** While keys are typed, no part begins before this. */
  #nextAt = Number.NEGATIVE_INFINITY;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** A key or a click went to the desktop. */
  typed(): void {
    this.#typedAt = this.#now();
  }

  /** Whether the next part begins now: 0, and then it does. Otherwise the milliseconds until it is worth asking again. */
  turn(): number {
    if (!this.#isTyping) return 0;
    if (this.#underWay > 0) return TYPING_EVERY_MS;
    const now = this.#now();
    if (now < this.#nextAt) return this.#nextAt - now;
    this.#nextAt = now + TYPING_EVERY_MS;
    return 0;
  }

  /** How long the next part may be. */
  get partBytes(): number {
    if (!this.#isTyping) return this.#bytes;
    return within(LEAST_TYPING_BYTES, this.#speed * TYPING_PART_MS, MOST_BYTES);
  }

  /** Sends a part of so many bytes, and learns from the time that it takes. */
  async send(bytes: number, put: () => Promise<void>): Promise<void> {
    const begun = this.#now();
    this.#underWay += 1;
    try {
      await put();
      this.#learn(bytes, this.#now() - begun);
    } finally {
      this.#underWay -= 1;
    }
  }

  #learn(bytes: number, ms: number): void {
    // Shorter ones tell of the time that a request takes.
    if (bytes < this.#bytes) return;
    const speed = bytes / Math.max(1, ms);
    this.#speed = speed * this.#underWay;
    // At most twice as much or half as much is next: one measurement says little.
    this.#bytes = within(LEAST_BYTES, within(bytes / 2, speed * PART_MS, bytes * 2), MOST_BYTES);
  }

  get #isTyping(): boolean {
    return this.#now() - this.#typedAt < TYPING_MS;
  }
}

function within(least: number, value: number, most: number): number {
  return Math.round(Math.min(most, Math.max(least, value)));
}
