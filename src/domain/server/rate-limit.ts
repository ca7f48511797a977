/** Limits how often something happens per key, for example per user: a token bucket for each key. */

const MINUTE_MS = 60_000;
/** Keys to remember; the least recently used ones are dropped first. */
const MOST_KEYS = 10_000;
/** Sums of fractions are a little less than a whole. */
const ALMOST_ONE = 1 - 1e-9;

interface Bucket {
  tokens: number;
  at: number;
}

export class RateLimit {
  readonly perMinute: number;
  readonly #now: () => number;
  /** In the order of their last use. */
  readonly #buckets = new Map<string, Bucket>();

  /** `now` returns milliseconds since any fixed time. */
  constructor(perMinute: number, now: () => number = () => performance.now()) {
    this.perMinute = perMinute;
    this.#now = now;
  }

  /** Takes one of the key's tokens and returns null; without one left, returns the seconds until there is one, at least 1. */
  take(key: string): number | null {
    const now = this.#now();
    const { tokens, at } = this.#buckets.get(key) ?? { tokens: this.perMinute, at: now };
    const filled = Math.min(this.perMinute, tokens + ((now - at) * this.perMinute) / MINUTE_MS);
    const isAllowed = filled >= ALMOST_ONE;
    this.#buckets.delete(key);
    this.#buckets.set(key, { tokens: isAllowed ? Math.max(0, filled - 1) : filled, at: now });
    const [leastUsed] = this.#buckets.keys();
    if (this.#buckets.size > MOST_KEYS && leastUsed !== undefined) this.#buckets.delete(leastUsed);
    return isAllowed ? null : Math.max(1, Math.ceil(((1 - filled) * MINUTE_MS) / this.perMinute / 1000));
  }
}
