/** Collects what goes on to a viewer, without copying it; pieces that follow each other in memory become one. */
export class Outgoing {
  #pieces: Buffer[] = [];
  #taken = 0;

  /** Bytes since the last `take`, also those that were left out. */
  get seen(): number {
    return this.#taken;
  }

  pass(bytes: Buffer): void {
    this.#taken += bytes.length;
    const last = this.#pieces.at(-1);
    const follows = last && last.buffer === bytes.buffer && last.byteOffset + last.length === bytes.byteOffset;
    if (follows) this.#pieces[this.#pieces.length - 1] = joined(last, bytes);
    else this.#pieces.push(bytes);
  }

  leaveOut(bytes: Buffer): void {
    this.#taken += bytes.length;
  }

  take(): Buffer[] {
    const pieces = this.#pieces;
    this.#pieces = [];
    this.#taken = 0;
    return pieces;
  }
}

function joined(first: Buffer, second: Buffer): Buffer {
  return Buffer.from(first.buffer, first.byteOffset, first.length + second.length);
}
