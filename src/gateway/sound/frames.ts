/** Cuts a stream of samples into frames of one length. */

export class Frames {
  readonly #bytes: number;
  #pending: Buffer = Buffer.alloc(0);

  constructor(bytes: number) {
    this.#bytes = bytes;
  }

  /** The frames that are complete now; they share memory with `samples`. */
  push(samples: Buffer): Buffer[] {
    const all = this.#pending.length === 0 ? samples : Buffer.concat([this.#pending, samples]);
    const count = Math.floor(all.length / this.#bytes);
    // A copy: the pool of the socket's buffers would stay in memory with the few bytes that are left.
    this.#pending = Buffer.from(all.subarray(count * this.#bytes));
    return Array.from({ length: count }, (_, at) => all.subarray(at * this.#bytes, (at + 1) * this.#bytes));
  }
}
