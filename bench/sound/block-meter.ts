/** Looks at what is heard in blocks of 10 ms: how much of a tone there is, where in its period, and when something loud begins. */

export interface Block {
  /** Of the tone; 1 is full scale. */
  readonly level: number;
  /** Where the tone is in its period at the beginning of the measurement, in periods: the same for all blocks of one tone. */
  readonly phase: number;
  /** When something loud began, in milliseconds since 1970; null if nothing did. */
  readonly loudAt: number | null;
}

/** Runs in Node and, as text, in the browser's audio thread: refers to nothing outside itself. */
export class BlockMeter {
  /** Samples. */
  static readonly BLOCK = 480;
  static readonly LOUD = 0.4;
  /** Samples of quiet between two beginnings. */
  static readonly QUIET = 4_800;
  readonly #hertz: number;
  readonly #rate: number;
  #count = 0;
  #sine = 0;
  #cosine = 0;
  #loudAt: number | null = null;
  #lastLoud = Number.NEGATIVE_INFINITY;

  /** The tone that is expected, and samples per second. */
  constructor(hertz: number, rate: number) {
    this.#hertz = hertz;
    this.#rate = rate;
  }

  /** The blocks that are complete now. `at` is the time of the first sample. */
  push(samples: Float32Array, at: number): Block[] {
    const blocks: Block[] = [];
    for (let index = 0; index < samples.length; index += 1) {
      const sample = samples[index] ?? 0;
      const angle = 2 * Math.PI * ((this.#count * this.#hertz) / this.#rate);
      this.#sine += sample * Math.sin(angle);
      this.#cosine += sample * Math.cos(angle);
      if (Math.abs(sample) > BlockMeter.LOUD) {
        if (this.#count - this.#lastLoud > BlockMeter.QUIET) this.#loudAt = at + (index * 1000) / this.#rate;
        this.#lastLoud = this.#count;
      }
      this.#count += 1;
      if (this.#count % BlockMeter.BLOCK === 0) blocks.push(this.#block());
    }
    return blocks;
  }

  #block(): Block {
    const block = {
      level: (2 * Math.hypot(this.#sine, this.#cosine)) / BlockMeter.BLOCK,
      phase: Math.atan2(this.#cosine, this.#sine) / (2 * Math.PI),
      loudAt: this.#loudAt,
    };
    this.#sine = 0;
    this.#cosine = 0;
    this.#loudAt = null;
    return block;
  }
}
