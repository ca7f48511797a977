/** Turns frames into samples: Opus with the browser's decoder, PCM by itself. Runs in the worker. */
import { SOUND_RATE } from '#protocol/sound-frames.ts';
import type { Receivable, Samples } from './messages.ts';

const OPUS = { codec: 'opus', sampleRate: SOUND_RATE, numberOfChannels: 2 };
const FULL_SCALE = 32_768;
const FRAME_US = 10_000;

/** `pcm` where the browser has no decoder for Opus, or only shares it with secure pages. */
export async function receivable(): Promise<Receivable> {
  if (typeof AudioDecoder === 'undefined') return 'pcm';
  const { supported } = await AudioDecoder.isConfigSupported(OPUS);
  return supported ? 'opus' : 'pcm';
}

export class OpusFrames {
  readonly #decoder: AudioDecoder;
  /** Whether each frame that is being decoded follows silence, in their order. */
  readonly #starts: boolean[] = [];
  #count = 0;

  /** `failed` is called once, when this decoder can't go on. */
  constructor(play: (samples: Samples) => void, failed: () => void) {
    this.#decoder = new AudioDecoder({
      output: (data) => play(samplesOf(data, this.#starts.shift() ?? false)),
      error: failed,
    });
    this.#decoder.configure(OPUS);
  }

  decode(packet: ArrayBuffer, starts: boolean): void {
    if (this.#decoder.state !== 'configured') return;
    this.#starts.push(starts);
    this.#decoder.decode(new EncodedAudioChunk({ type: 'key', timestamp: this.#count * FRAME_US, data: packet }));
    this.#count += 1;
  }

  close(): void {
    if (this.#decoder.state !== 'closed') this.#decoder.close();
  }
}

/** 16 bit samples, little endian, left and right in turn. */
export function pcmSamples(frame: ArrayBuffer, starts: boolean): Samples {
  const view = new DataView(frame);
  const count = Math.floor(frame.byteLength / 4);
  const left = new Float32Array(count);
  const right = new Float32Array(count);
  for (let at = 0; at < count; at++) {
    left[at] = view.getInt16(at * 4, true) / FULL_SCALE;
    right[at] = view.getInt16(at * 4 + 2, true) / FULL_SCALE;
  }
  return { left, right, starts };
}

function samplesOf(data: AudioData, starts: boolean): Samples {
  const left = new Float32Array(data.numberOfFrames);
  data.copyTo(left, { planeIndex: 0, format: 'f32-planar' });
  const right = new Float32Array(data.numberOfFrames);
  data.copyTo(right, { planeIndex: Math.min(1, data.numberOfChannels - 1), format: 'f32-planar' });
  data.close();
  return { left, right, starts };
}
