/** The loudspeaker of this page: an AudioContext that plays samples from a port at a volume. */
import { SOUND_RATE } from '#protocol/sound-frames.ts';
import { ignore } from '#protocol/ignore.ts';
import type { Samples } from './messages.ts';
import { SoundRing } from './ring.ts';
import worklet from './worklet.ts?worker&url';

/** Samples at once where there is no worklet: 43 ms, since the page itself has to be in time. */
const BLOCK = 2_048;

export class Player {
  readonly #context = new AudioContext({ sampleRate: SOUND_RATE, latencyHint: 'interactive' });
  readonly #gain = this.#context.createGain();

  constructor() {
    this.#gain.connect(this.#context.destination);
  }

  /** Plays what arrives at the port. Only secure pages have worklets; others play in the page's own thread. */
  async play(samples: MessagePort): Promise<void> {
    if (isSecureContext) await this.#playInWorklet(samples);
    else this.#playHere(samples);
  }

  /** From 0 to 1, as people hear it. */
  set volume(volume: number) {
    this.#gain.gain.value = volume ** 2;
  }

  /** After a gesture: browsers keep pages silent until then, and some after interruptions. */
  resume(): void {
    if (this.#context.state !== 'running') this.#context.resume().catch(ignore('the next gesture tries again'));
  }

  close(): void {
    this.#context.close().catch(ignore('it is closed'));
  }

  async #playInWorklet(samples: MessagePort): Promise<void> {
    await this.#context.audioWorklet.addModule(worklet);
    const node = new AudioWorkletNode(this.#context, 'deskpod-playback', {
      numberOfInputs: 0,
      outputChannelCount: [2],
    });
    node.port.postMessage(null, [samples]);
    node.connect(this.#gain);
  }

  #playHere(samples: MessagePort): void {
    const ring = new SoundRing();
    samples.addEventListener('message', ({ data }: MessageEvent<Samples>) =>
      ring.write(data.left, data.right, data.starts),
    );
    samples.start();
    const node = this.#context.createScriptProcessor(BLOCK, 0, 2);
    node.addEventListener('audioprocess', ({ outputBuffer }) =>
      ring.read(outputBuffer.getChannelData(0), outputBuffer.getChannelData(1)),
    );
    node.connect(this.#gain);
  }
}
