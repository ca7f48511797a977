/** Detects that announced text doesn't arrive: it is larger than the desktop's server transfers. */
import { MAX_CLIPBOARD_BYTES } from '#protocol/screen.ts';

/** How long the desktop may take to start sending. */
const BEGIN_MS = 3_000;
const CHECK_MS = 1_000;
/** More than an idle desktop sends per second and less than a slow network transfers: the text may be arriving. */
const FLOWS_BYTES = 16 * 1024;
/** After this many checks, the largest text would have arrived: the traffic is screen updates. */
const MOST_CHECKS = MAX_CLIPBOARD_BYTES / FLOWS_BYTES;

export class CopyTimeout {
  readonly #missing: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #bytes = 0;

  constructor(missing: () => void) {
    this.#missing = missing;
  }

  asked(): void {
    this.#wait(BEGIN_MS - CHECK_MS, () => this.#check(MOST_CHECKS));
  }

  received(bytes: number): void {
    this.#bytes += bytes;
  }

  /** It arrived, won't arrive, or is no longer awaited. */
  settled(): void {
    clearTimeout(this.#timer);
  }

  #check(left: number): void {
    this.#bytes = 0;
    this.#wait(CHECK_MS, () => (this.#bytes < FLOWS_BYTES || left <= 1 ? this.#missing() : this.#check(left - 1)));
  }

  #wait(ms: number, then: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(then, ms);
  }
}
