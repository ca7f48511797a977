/** Collects what goes on to a viewer, without copying it; pieces that follow each other in memory become one. */
export class Outgoing {
  #pieces: Buffer[] = [];

  pass(bytes: Buffer): void {
    const last = this.#pieces.at(-1);
    const follows = last && last.buffer === bytes.buffer && last.byteOffset + last.length === bytes.byteOffset;
    if (follows) this.#pieces[this.#pieces.length - 1] = joined(last, bytes);
    else this.#pieces.push(bytes);
  }

  take(): Buffer[] {
    const pieces = this.#pieces;
    this.#pieces = [];
    return pieces;
  }
}

function joined(first: Buffer, second: Buffer): Buffer {
  return Buffer.from(first.buffer, first.byteOffset, first.length + second.length);
}
