/**
 * Samples between the network and the loudspeaker. Plays once enough have arrived, keeps as few waiting as the network allows,
 * and follows the clock of the server by playing a little faster or slower. Pure.
 */

/** Half a second of 48 kHz: what arrives beyond that is older than anybody wants to hear. */
const CAPACITY = 24_000;
const MS = 48;
/** How many samples wait before playing starts, beyond the margin: 30 ms in all at first. */
const START_ABOVE_MARGIN = 26 * MS;
/** The fewest that should be left when the network is slowest. Grows when sound was interrupted, and shrinks while it isn't. */
const LEAST_MARGIN = 4 * MS;
const MOST_MARGIN = 50 * MS;
const GROWTH = 8 * MS;
const SHRINKAGE = MS;
const SHRINKS_EVERY = 1_000 * MS;
/** How often the speed is chosen anew, by the fewest samples that waited meanwhile. */
const WINDOW = 250 * MS;
/** For so many windows it is remembered how few waited: 20 seconds. What wasn't needed in any of them is drained. */
const MEMORY = 80;
/** Within this distance from the margin, samples are played as they are. */
const TOLERANCE = 2 * MS;
/** What is too much or too little is made up for in this time, unless that takes more than the largest correction. */
const CATCH_UP = 4_000 * MS;
/** Less than a tenth of a semitone. */
const MOST_CORRECTION = 0.005;
/** So many wait only after an interruption: the older ones are left out. */
const MOST_WAITING = 180 * MS;
const WAITING_AFTERWARDS = 80 * MS;

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
  #playing = false;
  /** It ran dry while playing: an interruption, unless what comes next is a new beginning. */
  #dry = false;
  /** Samples of silence since the first one arrived. */
  #waited = 0;
  #interruptions = 0;
  #margin = LEAST_MARGIN;
  #sinceInterruption = 0;
  #fewest = Infinity;
  #sinceChoice = 0;
  /** The fewest of the last windows, less what was drained since: what they would have left of what waits now. */
  readonly #memory = new Float64Array(MEMORY);
  /** How many windows there were since playing started. */
  #windows = 0;

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
    if (this.#written - this.#read > MOST_WAITING) this.#skip();
  }

  /** Fills both with the next samples, or with silence. */
  read(left: Float32Array, right: Float32Array): void {
    if (!this.#playing && this.#written - this.#read >= this.#margin + START_ABOVE_MARGIN) this.#begin();
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
    if (!this.#playing) {
      if (this.#written > this.#read) this.#waited += left.length;
      return;
    }
    if (done < left.length) {
      this.#read = this.#written;
      this.#playing = false;
      this.#dry = true;
    } else this.#adapt(left.length);
  }

  #begin(): void {
    this.#playing = true;
    this.#read = Math.round(this.#read);
    this.#speed = 1;
    this.#settles = true;
    // Had playing started so much earlier, nothing would have been left when the first one arrived.
    this.#fewest = this.#waited;
    this.#waited = 0;
    this.#sinceChoice = 0;
    this.#windows = 0;
  }

  #adapt(count: number): void {
    this.#fewest = Math.min(this.#fewest, this.#written - this.#read);
    this.#sinceChoice += count;
    this.#sinceInterruption += count;
    if (this.#sinceInterruption >= SHRINKS_EVERY) {
      this.#sinceInterruption = 0;
      this.#margin = Math.max(LEAST_MARGIN, this.#margin - SHRINKAGE);
    }
    if (this.#sinceChoice < WINDOW) return;
    const off = this.#unneeded() - this.#margin;
    this.#settles = Math.abs(off) <= TOLERANCE;
    if (!this.#settles) this.#speed = 1 + Math.max(-MOST_CORRECTION, Math.min(MOST_CORRECTION, off / CATCH_UP));
    this.#fewest = Infinity;
    this.#sinceChoice = 0;
  }

  /** How many of the samples that wait were never needed, as far as is remembered. Ends a window. */
  #unneeded(): number {
    const drained = (this.#speed - 1) * this.#sinceChoice;
    let least = this.#fewest;
    for (let at = 0; at < Math.min(this.#windows, MEMORY); at++) {
      const left = (this.#memory[at] ?? 0) - drained;
      this.#memory[at] = left;
      least = Math.min(least, left);
    }
    this.#memory[this.#windows % MEMORY] = this.#fewest;
    this.#windows += 1;
    return least;
  }

  /** Ends a correction at a whole sample, where nothing is heard of it: between two, sound would stay duller. */
  #advance(): void {
    this.#read += this.#speed;
    const whole = Math.round(this.#read);
    if (!this.#settles || this.#speed === 1 || Math.abs(this.#read - whole) > Math.abs(this.#speed - 1) / 2) return;
    this.#read = whole;
    this.#speed = 1;
  }

  #interrupted(): void {
    this.#interruptions += 1;
    this.#sinceInterruption = 0;
    this.#margin = Math.min(MOST_MARGIN, this.#margin + GROWTH);
  }

  #skip(): void {
    if (this.#playing) this.#interrupted();
    this.#read = this.#written - WAITING_AFTERWARDS;
    this.#windows = 0;
  }
}

function between(one = 0, other = 0, part = 0): number {
  return part === 0 ? one : one + (other - one) * part;
}
