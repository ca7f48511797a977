/** A shared desktop has the size of the window in which it was used last. Pure. */

/** Limits how often each of two simultaneous users changes the size. */
export const REQUEST_GAP_MS = 3_000;

export interface SizeRequestOptions {
  readonly now: () => number;
  readonly later: (ms: number, then: () => void) => void;
  /** The desktop's last known size. */
  readonly size: () => string;
  /** Requests this window's size; false if the desktop already has it. */
  readonly ask: () => boolean;
}

export class SizeRequest {
  readonly #options: SizeRequestOptions;
  #last = -Infinity;
  /** The desktop's size at the latest use, while a request is delayed. */
  #waits: string | null = null;

  constructor(options: SizeRequestOptions) {
    this.#options = options;
  }

  /** The desktop is used here, or this is the only window left. */
  send(): void {
    const { now, later, size } = this.#options;
    const left = this.#last + REQUEST_GAP_MS - now();
    if (left <= 0) {
      this.#ask();
      return;
    }
    const waits = this.#waits !== null;
    this.#waits = size();
    if (!waits) later(left, () => this.#askUnlessUsedElsewhere());
  }

  #askUnlessUsedElsewhere(): void {
    const then = this.#waits;
    this.#waits = null;
    if (then === this.#options.size()) this.#ask();
  }

  #ask(): void {
    if (this.#options.ask()) this.#last = this.#options.now();
  }
}
