/** Tells sound from silence, so that nothing is encoded or sent while nothing is heard. */

/** At most this far from zero is silence: below what 16 bit sound carries on purpose. */
const SILENT_BELOW = 3;
/** How long sound counts as sound after it has ended: pauses between words and notes don't interrupt it. Half a second. */
const HOLD_FRAMES = 50;

export type Audible = 'silence' | 'start' | 'sound';

export class SilenceGate {
  /** How many more silent frames are passed. */
  #left = 0;

  /** `start` for the first frame after silence. The frame holds 16 bit samples, little endian. */
  hear(frame: Buffer): Audible {
    if (isSilent(frame)) {
      if (this.#left === 0) return 'silence';
      this.#left -= 1;
      return 'sound';
    }
    const begins = this.#left === 0;
    this.#left = HOLD_FRAMES;
    return begins ? 'start' : 'sound';
  }
}

function isSilent(frame: Buffer): boolean {
  for (let at = 0; at + 1 < frame.length; at += 2) {
    if (Math.abs(frame.readInt16LE(at)) >= SILENT_BELOW) return false;
  }
  return true;
}
