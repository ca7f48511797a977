/**
 * How fast a viewer takes what it gets, from the fences that Xvnc puts around updates and the viewer returns: the time
 * between two that are on their way together is that of the bytes between them. Pure.
 */

const MBIT = 1_000_000 / 8;
const SLOW_BELOW = 5 * MBIT;
const FAST_ABOVE = 8 * MBIT;
/** A judgement needs this much of either, so that a pause of the browser or a small update doesn't count as one. */
const ENOUGH_BYTES = 256 * 1024;
const ENOUGH_MS = 250;
const LEAST_BYTES = 16 * 1024;
/** What browser and server need for an update on any link. */
const OVERHEAD_MS = 25;
/** Less tells nothing about the link. */
const LEAST_UPDATE_BYTES = 8 * 1024;
/** Xvnc waits long before it has sent as many; more would only take memory. */
const MOST_FENCES = 1_000;
/** What is older is forgotten. */
const MEMORY_MS = 3_000;

interface Fence {
  /** Bytes of the stream before it. */
  readonly at: number;
}

export class LinkSpeed {
  readonly #onTheWay: Fence[] = [];
  #sent = 0;
  #returned = 0;
  #returnedAt = 0;
  #bytes = 0;
  #ms = 0;
  #since = 0;
  /** The fence after the last returned one was on its way, too, when that came back. */
  #wasBusy = false;
  #isKnown = false;
  #seemedSlow = false;
  #isSlow = false;
  #bytesPerSecond = SLOW_BELOW;

  sent(bytes: number): void {
    this.#sent += bytes;
  }

  fenceSent(): void {
    if (this.#onTheWay.length < MOST_FENCES) this.#onTheWay.push({ at: this.#sent });
  }

  fenceReturned(now: number): void {
    const fence = this.#onTheWay.shift();
    if (fence === undefined) return;
    const bytes = fence.at - this.#returned;
    const ms = Math.max(0, now - this.#returnedAt - OVERHEAD_MS);
    if (bytes >= LEAST_UPDATE_BYTES && this.#wasBusy) this.#add(bytes, ms, now);
    this.#returned = fence.at;
    this.#returnedAt = now;
    this.#wasBusy = this.#onTheWay.length > 0;
  }

  /** False until enough has passed for a judgement. */
  get isKnown(): boolean {
    return this.#isKnown;
  }

  get isSlow(): boolean {
    return this.#isSlow;
  }

  /** The last judgement. */
  get bytesPerSecond(): number {
    return this.#bytesPerSecond;
  }

  /** Bytes before the last fence that haven't been returned yet. */
  get bytesOnTheWay(): number {
    return (this.#onTheWay.at(-1)?.at ?? this.#returned) - this.#returned;
  }

  #add(bytes: number, ms: number, now: number): void {
    if (now - this.#since > MEMORY_MS) this.#bytes = this.#ms = 0;
    if (this.#bytes === 0) this.#since = now;
    this.#bytes += bytes;
    this.#ms += ms;
    if (this.#bytes < ENOUGH_BYTES && (this.#ms < ENOUGH_MS || this.#bytes < LEAST_BYTES)) return;
    this.#bytesPerSecond = (this.#bytes * 1000) / Math.max(1, this.#ms);
    const seemsSlow = this.#bytesPerSecond < (this.#isSlow ? FAST_ABOVE : SLOW_BELOW);
    // Once may be a busy browser.
    this.#isSlow = seemsSlow && (this.#isSlow || this.#seemedSlow);
    this.#isKnown ||= !seemsSlow || this.#isSlow;
    this.#seemedSlow = seemsSlow;
    this.#bytes = this.#ms = 0;
  }
}
