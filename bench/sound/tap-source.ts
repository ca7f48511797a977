/** The program that listens in the browser's audio thread. */
import { SOUND_RATE } from '#protocol/sound-frames.ts';
import { type Block, BlockMeter } from './block-meter.ts';

export function tapSource(hertz: number): string {
  return `${BlockMeter.toString()}\n(${defineTap.toString()})(${hertz}, ${SOUND_RATE});`;
}

/** Runs in the audio thread, whose clock has milliseconds. */
function defineTap(hertz: number, rate: number): void {
  class Tap extends AudioWorkletProcessor {
    readonly #meter = new BlockMeter(hertz, rate);
    #blocks: Block[] = [];

    process([input]: readonly (readonly Float32Array[])[]): boolean {
      const [left] = input ?? [];
      if (left) this.#blocks.push(...this.#meter.push(left, Date.now()));
      if (this.#blocks.length >= 10) {
        this.port.postMessage(this.#blocks, []);
        this.#blocks = [];
      }
      return true;
    }
  }
  registerProcessor('bench-tap', Tap);
}
