/** What a page sends of its microphone, as samples: checked, and no more than a microphone has. */
import { MAX_SPOKEN_AT_ONCE, MAX_SPOKEN_BYTES, SPOKEN_PER_SECOND } from '#protocol/sound-frames.ts';
import { OpusDecoder } from './opus.ts';

/** Clocks of sound cards differ from ours, by far less. */
const REFILL_PER_MS = (SPOKEN_PER_SECOND * 1.02) / 1_000;

export class SpokenFrames implements Disposable {
  readonly #decoder: OpusDecoder | null;
  readonly #now: () => number;
  #allowed = MAX_SPOKEN_AT_ONCE;
  #at: number;

  constructor(codec: 'opus' | 'pcm', now: () => number = () => performance.now()) {
    this.#decoder = codec === 'opus' ? new OpusDecoder() : null;
    this.#now = now;
    this.#at = now();
  }

  /** 16 bit samples of one channel, little endian. */
  samples(message: Buffer): Buffer | 'damaged' | 'too many' {
    if (message.length > MAX_SPOKEN_BYTES) return 'damaged';
    const now = this.#now();
    this.#allowed = Math.min(MAX_SPOKEN_AT_ONCE, this.#allowed + (now - this.#at) * REFILL_PER_MS);
    this.#at = now;
    if (this.#allowed < 1) return 'too many';
    this.#allowed -= 1;
    if (this.#decoder) return this.#decoder.decode(message) ?? 'damaged';
    return message.length === MAX_SPOKEN_BYTES ? message : 'damaged';
  }

  [Symbol.dispose](): void {
    this.#decoder?.[Symbol.dispose]();
  }
}
