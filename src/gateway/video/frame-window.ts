/**
 * How many frames may be on their way to a page: as many as it needs to get each in time, so that a page or a link that is
 * slower than the encoder sees fewer pictures, not older ones. Pure.
 */
import type { VideoRate } from '#protocol/video.ts';

const LEAST_FRAMES = 4;
const MOST_FRAMES = 20;
/** Besides those that fill the way: the browser decodes and reports in bursts. */
const SPARE_FRAMES = 3;
/** The shortest way of long ago is forgotten by this much with each frame. */
const FORGET = 1.02;

export class FrameWindow {
  readonly #fps: VideoRate;
  /** When each frame on its way was sent, in ms. */
  readonly #sentAt: number[] = [];
  #first = 0;
  #shortestMs = Number.POSITIVE_INFINITY;

  constructor(fps: VideoRate) {
    this.#fps = fps;
  }

  /** The number of the next frame. */
  get next(): number {
    return (this.#first + this.#sentAt.length) & 0xff_ff;
  }

  get isFull(): boolean {
    return this.#sentAt.length >= this.#most;
  }

  sent(now: number): void {
    this.#sentAt.push(now);
  }

  /** A number that isn't on its way changes nothing. */
  decoded(sequence: number, now: number): void {
    const count = ((sequence - this.#first) & 0xff_ff) + 1;
    if (count > this.#sentAt.length) return;
    const way = now - (this.#sentAt[count - 1] ?? now);
    this.#sentAt.splice(0, count);
    this.#first = (this.#first + count) & 0xff_ff;
    this.#shortestMs = Math.min(way, this.#shortestMs * FORGET);
  }

  get #most(): number {
    if (!Number.isFinite(this.#shortestMs)) return LEAST_FRAMES;
    const onTheWay = Math.ceil((this.#shortestMs * this.#fps) / 1000);
    return Math.min(MOST_FRAMES, Math.max(LEAST_FRAMES, onTheWay + SPARE_FRAMES));
  }
}
