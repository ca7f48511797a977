/** Plays samples in the browser's audio thread. */
import type { Samples } from './messages.ts';
import { SoundRing } from './ring.ts';

class Playback extends AudioWorkletProcessor {
  readonly #ring = new SoundRing();

  constructor() {
    super();
    // The port of the worker comes through the processor's own.
    this.port.addEventListener('message', ({ ports: [samples] }: MessageEvent<unknown>) => {
      samples?.addEventListener('message', ({ data }: MessageEvent<Samples>) =>
        this.#ring.write(data.left, data.right, data.starts),
      );
      samples?.start();
    });
    this.port.start();
  }

  process(_inputs: unknown, [output]: readonly (readonly Float32Array[])[]): boolean {
    const [left, right] = output ?? [];
    if (left && right) this.#ring.read(left, right);
    return true;
  }
}

registerProcessor('deskpod-playback', Playback);
