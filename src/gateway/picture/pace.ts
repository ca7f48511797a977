/** How much a slow link may have on its way, and what is left of a frugal viewer's rate. Pure. */

/** What is on its way delays what follows by this long. */
const WINDOW_MS = 30;
const LEAST_WINDOW_BYTES = 3_000;
/** A frugal viewer may catch up on a pause of this long. */
const BURST_MS = 100;

export class Pace {
  /** One Mbit/s in bytes, less what WebSocket, TLS and TCP need. */
  static readonly frugal = 120_000;
  #left = 0;
  #at = 0;

  windowOf(bytesPerSecond: number): number {
    return Math.max(LEAST_WINDOW_BYTES, (bytesPerSecond * WINDOW_MS) / 1000);
  }

  sent(bytes: number, now: number): void {
    this.#refill(now);
    this.#left -= bytes;
  }

  /** Whether a frugal viewer may get more. */
  allows(now: number): boolean {
    this.#refill(now);
    return this.#left >= 0;
  }

  #refill(now: number): void {
    const most = (Pace.frugal * BURST_MS) / 1000;
    this.#left = Math.min(most, this.#left + ((now - this.#at) * Pace.frugal) / 1000);
    this.#at = now;
  }
}
