/** What a microphone says, cut into pieces of 20 ms and encoded: Opus with the browser's encoder, else PCM. Runs in the worker. */
import { MAX_SPOKEN_AT_ONCE, SOUND_RATE, SPOKEN_SAMPLES } from '#protocol/sound-frames.ts';
import { ignore } from '#protocol/ignore.ts';
import type { Receivable, Spoken } from './messages.ts';
import { Pieces, pcmOf } from './pieces.ts';

const OPUS = {
  codec: 'opus',
  sampleRate: SOUND_RATE,
  numberOfChannels: 1,
  bitrate: 32_000,
  opus: { frameDuration: 20_000, application: 'voip' },
} as const;
const PIECE_US = 20_000;

export interface SpeechLink {
  /** Tells the gateway in which form this microphone comes. */
  announce(codec: Receivable): void;
  /** Drops the bytes if more than `most` already wait. */
  send(bytes: ArrayBuffer, most: number): void;
}

export class Speech {
  readonly #spoken: MessagePort;
  readonly #link: SpeechLink;
  readonly #pieces = new Pieces(SPOKEN_SAMPLES);
  #codec: Receivable | null = null;
  #encoder: AudioEncoder | null = null;
  #count = 0;
  #stopped = false;

  constructor(spoken: MessagePort, link: SpeechLink) {
    this.#spoken = spoken;
    this.#link = link;
    void this.#begin();
  }

  /** Again, at a new connection. */
  announce(): void {
    if (this.#codec) this.#link.announce(this.#codec);
  }

  stop(): void {
    this.#stopped = true;
    this.#spoken.close();
    if (this.#encoder && this.#encoder.state !== 'closed') this.#encoder.close();
  }

  async #begin(): Promise<void> {
    this.#use(await encodable());
    this.#spoken.addEventListener('message', ({ data }: MessageEvent<Spoken>) => {
      for (const piece of this.#pieces.push(data)) this.#take(piece);
    });
    this.#spoken.start();
  }

  #use(codec: Receivable): void {
    if (this.#stopped) return;
    if (codec === 'opus') {
      this.#encoder = new AudioEncoder({
        output: (chunk) => {
          const bytes = new ArrayBuffer(chunk.byteLength);
          chunk.copyTo(bytes);
          this.#send(bytes);
        },
        error: () => this.#use('pcm'),
      });
      this.#encoder.configure(OPUS);
    } else this.#encoder = null;
    this.#codec = codec;
    this.announce();
  }

  #take(piece: Spoken): void {
    if (this.#stopped) return;
    if (!this.#encoder) return this.#send(pcmOf(piece));
    if (this.#encoder.state !== 'configured') return;
    const data = new AudioData({
      format: 'f32-planar',
      sampleRate: SOUND_RATE,
      numberOfChannels: 1,
      numberOfFrames: SPOKEN_SAMPLES,
      timestamp: this.#count * PIECE_US,
      data: piece,
    });
    this.#count += 1;
    this.#encoder.encode(data);
    data.close();
  }

  #send(bytes: ArrayBuffer): void {
    if (!this.#stopped) this.#link.send(bytes, MAX_SPOKEN_AT_ONCE * bytes.byteLength);
  }
}

async function encodable(): Promise<Receivable> {
  if (typeof AudioEncoder === 'undefined') return 'pcm';
  const config = await AudioEncoder.isConfigSupported(OPUS).catch(ignore('this form is not known', null));
  return config?.supported ? 'opus' : 'pcm';
}
