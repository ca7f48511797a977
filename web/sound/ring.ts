/**
 * Samples between the network and the loudspeaker. Plays once enough have arrived, keeps as few waiting as the network allows,
 * and follows the clock of the server by playing a little faster or slower. Pure.
 */

/** Half a second of 48 kHz: what arrives beyond that is older than anybody wants to hear. */
const CAPACITY = 24_000;
const MS = 48;
/** How many samples wait before playing starts, beyond the reserve: two frames. */
const START_ABOVE_RESERVE = 20 * MS;
/** The samples that should always wait. Grows when sound was interrupted, and shrinks slowly while it isn't. */
const FIRST_RESERVE = 10 * MS;
const LEAST_RESERVE = 6 * MS;
const MOST_RESERVE = 60 * MS;
const GROWTH = 10 * MS;
const SHRINKAGE = 2 * MS;
const SHRINKS_EVERY = 20_000 * MS;
/** How often the speed is chosen anew, by the fewest samples that waited meanwhile. */
const WINDOW = 500 * MS;
/** Within this distance from the reserve, samples are played as they are. */
const TOLERANCE = 4 * MS;
/** Nobody hears half a percent. */
const CORRECTION = 0.004;
/** So many more than the reserve arrive only after an interruption: the older ones are left out. */
const EXCESS = 100 * MS;

export interface RingFacts {
  /** Samples that wait. */
  readonly waiting: number;
  /** How often sound was interrupted. */
  readonly interruptions: number;
}

export class SoundRing {
  readonly #left = new Float32Array(CAPACITY);
  readonly #right = new Float32Array(CAPACITY);
  /** Positions since the beginning, in samples; the one for reading lies between two samples while the speed differs. */
  #written = 0;
  #read = 0;
  #speed = 1;
  /** The speed becomes 1 as soon as that can't be heard. */
  #settles = true;
  #reserve = FIRST_RESERVE;
  #playing = false;
  /** It ran dry while playing: an interruption, unless what comes next is a new beginning. */
  #dry = false;
  #interruptions = 0;
  #fewest = Infinity;
  #sinceChoice = 0;
  #sinceInterruption = 0;

  get facts(): RingFacts {
    return { waiting: this.#written - this.#read, interruptions: this.#interruptions };
  }

  /** Adds samples of both channels; `starts` after silence. */
  write(left: Float32Array, right: Float32Array, starts: boolean): void {
    if (this.#dry && !starts) this.#interrupted();
    this.#dry = false;
    for (let at = 0; at < left.length; at++) {
      const place = (this.#written + at) % CAPACITY;
      this.#left[place] = left[at] ?? 0;
      this.#right[place] = right[at] ?? 0;
    }
    this.#written += left.length;
    const waiting = this.#written - this.#read;
    if (waiting > this.#reserve + START_ABOVE_RESERVE + EXCESS || waiting > CAPACITY) this.#skip();
  }

  /** Fills both with the next samples, or with silence. */
  read(left: Float32Array, right: Float32Array): void {
    if (!this.#playing && this.#written - this.#read >= this.#reserve + START_ABOVE_RESERVE) this.#begin();
    let done = 0;
    // The sample after the position is needed, too.
    while (this.#playing && done < left.length && this.#written - this.#read >= 2) {
      const whole = Math.floor(this.#read);
      const part = this.#read - whole;
      const here = whole % CAPACITY;
      const next = (whole + 1) % CAPACITY;
      left[done] = between(this.#left[here], this.#left[next], part);
      right[done] = between(this.#right[here], this.#right[next], part);
      this.#advance();
      done += 1;
    }
    left.fill(0, done);
    right.fill(0, done);
    if (!this.#playing) return;
    if (done < left.length) {
      this.#playing = false;
      this.#dry = true;
    } else this.#adapt(left.length);
  }

  #begin(): void {
    this.#playing = true;
    this.#read = Math.round(this.#read);
    this.#speed = 1;
    this.#settles = true;
    this.#fewest = Infinity;
    this.#sinceChoice = 0;
  }

  #adapt(count: number): void {
    this.#fewest = Math.min(this.#fewest, this.#written - this.#read);
    this.#sinceChoice += count;
    this.#sinceInterruption += count;
    if (this.#sinceInterruption >= SHRINKS_EVERY) {
      this.#sinceInterruption = 0;
      this.#reserve = Math.max(LEAST_RESERVE, this.#reserve - SHRINKAGE);
    }
    if (this.#sinceChoice < WINDOW) return;
    const off = this.#fewest - this.#reserve;
    this.#settles = Math.abs(off) <= TOLERANCE;
    if (!this.#settles) this.#speed = 1 + Math.sign(off) * CORRECTION;
    this.#fewest = Infinity;
    this.#sinceChoice = 0;
  }

  /** Ends a correction at a whole sample, where nothing is heard of it: between two, sound would stay duller. */
  #advance(): void {
    this.#read += this.#speed;
    const whole = Math.round(this.#read);
    if (!this.#settles || this.#speed === 1 || Math.abs(this.#read - whole) > CORRECTION / 2) return;
    this.#read = whole;
    this.#speed = 1;
  }

  #interrupted(): void {
    this.#interruptions += 1;
    this.#sinceInterruption = 0;
    this.#reserve = Math.min(MOST_RESERVE, this.#reserve + GROWTH);
  }

  #skip(): void {
    this.#interruptions += this.#playing ? 1 : 0;
    this.#read = this.#written - this.#reserve - START_ABOVE_RESERVE;
  }
}

function between(one = 0, other = 0, part = 0): number {
  return part === 0 ? one : one + (other - one) * part;
}
