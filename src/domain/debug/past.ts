/** The last of what a terminal printed, for whoever comes later: bounded, whole pieces. */
export const PAST_BYTES = 512 * 1024;
/** Longer overlaps are not looked for. */
const OVERLAP_BYTES = 16 * 1024;

export class Past {
  readonly #pieces: Buffer[] = [];
  #size = 0;

  add(piece: Buffer): void {
    this.#pieces.push(piece);
    this.#size += piece.length;
    while (this.#size > PAST_BYTES && this.#pieces.length > 1) this.#size -= this.#pieces.shift()?.length ?? 0;
  }

  all(): Buffer {
    return Buffer.concat(this.#pieces);
  }
}

/** A log that was read while output already came in by itself: without the end that came twice. */
export function withoutOverlap(log: Buffer, live: Buffer): Buffer {
  const most = Math.min(log.length, live.length, OVERLAP_BYTES);
  for (let length = most; length > 0; length -= 1) {
    if (log.subarray(log.length - length).equals(live.subarray(0, length))) return log.subarray(0, log.length - length);
  }
  return log;
}
