/** Samples in pieces of one length, and as 16 bit. Pure. */

const FULL_SCALE = 32_767;

export class Pieces {
  readonly #length: number;
  #piece: Float32Array<ArrayBuffer>;
  #filled = 0;

  constructor(length: number) {
    this.#length = length;
    this.#piece = new Float32Array(length);
  }

  /** The pieces that are complete now. */
  push(samples: Float32Array): Float32Array<ArrayBuffer>[] {
    const pieces: Float32Array<ArrayBuffer>[] = [];
    for (let at = 0; at < samples.length;) {
      const part = samples.subarray(at, at + this.#length - this.#filled);
      this.#piece.set(part, this.#filled);
      this.#filled += part.length;
      at += part.length;
      if (this.#filled < this.#length) continue;
      pieces.push(this.#piece);
      this.#piece = new Float32Array(this.#length);
      this.#filled = 0;
    }
    return pieces;
  }
}

/** 16 bit samples, little endian. */
export function pcmOf(samples: Float32Array): ArrayBuffer {
  const view = new DataView(new ArrayBuffer(samples.length * 2));
  samples.forEach((sample, at) => view.setInt16(at * 2, Math.max(-1, Math.min(1, sample)) * FULL_SCALE, true));
  return view.buffer;
}
