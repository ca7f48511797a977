/** Limits how often work runs for bursts of events: the first time at once, then at most once per interval. */

export class Paced {
  readonly #work: () => Promise<void>;
  readonly #gapMs: () => number;
  readonly #now: () => number;
  #timer: NodeJS.Timeout | null = null;
  #running = false;
  #again = false;
  #stopped = false;
  #lastEnd = -Infinity;

  /** `gapMs` is asked before each wait; `work` must not reject; `now` is a monotonic clock in ms. */
  constructor(gapMs: () => number, work: () => Promise<void>, now: () => number = () => performance.now()) {
    this.#gapMs = gapMs;
    this.#work = work;
    this.#now = now;
  }

  /** Runs the work soon, once for all calls until then. */
  request(): void {
    if (this.#stopped || this.#timer) return;
    if (this.#running) {
      this.#again = true;
      return;
    }
    const wait = Math.max(0, this.#lastEnd + this.#gapMs() - this.#now());
    this.#timer = setTimeout(() => void this.#run(), Math.ceil(wait));
    this.#timer.unref();
  }

  stop(): void {
    this.#stopped = true;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }

  async #run(): Promise<void> {
    this.#timer = null;
    this.#running = true;
    try {
      await this.#work();
    } finally {
      this.#running = false;
      this.#lastEnd = this.#now();
    }
    if (!this.#again) return;
    this.#again = false;
    this.request();
  }
}
