/** What becomes of the samples of one connection: frames, which are encoded once and go to everybody who wants them. */
import { Frames } from './frames.ts';
import type { Hearer } from './hearer.ts';
import { FRAME_BYTES, OpusEncoder } from './opus.ts';
import { SilenceGate } from './silence-gate.ts';

/** The recording goes on for a moment after the last program has stopped, for the end of what it played. */
const LINGER_MS = 2_000;

export class Recording implements Disposable {
  readonly #hearers: ReadonlySet<Hearer>;
  readonly #pause: (paused: boolean) => void;
  readonly #frames = new Frames(FRAME_BYTES);
  readonly #gate = new SilenceGate();
  #encoder: OpusEncoder | null = null;
  #plays = false;
  #paused = true;
  #linger: NodeJS.Timeout | null = null;

  /** `pause` stops and continues the recording, which is paused at first. */
  constructor(hearers: ReadonlySet<Hearer>, pause: (paused: boolean) => void) {
    this.#hearers = hearers;
    this.#pause = pause;
  }

  /** Whether a program plays now. */
  set plays(plays: boolean) {
    this.#plays = plays;
    this.update();
  }

  /** Starts or stops the recording, by what plays and what listeners want. */
  update(): void {
    const wanted = [...this.#hearers].some(({ codec }) => codec !== 'none');
    if (!wanted) this.#set(true);
    else if (this.#plays) this.#set(false);
    else if (!this.#paused) this.#linger ??= setTimeout(() => this.#set(true), LINGER_MS).unref();
  }

  take(samples: Buffer): void {
    for (const frame of this.#frames.push(samples)) {
      const audible = this.#gate.hear(frame);
      if (audible !== 'silence') this.#deliver(frame, audible === 'start');
    }
  }

  [Symbol.dispose](): void {
    if (this.#linger) clearTimeout(this.#linger);
    this.#encoder?.[Symbol.dispose]();
    this.#encoder = null;
  }

  #set(paused: boolean): void {
    if (this.#linger) clearTimeout(this.#linger);
    this.#linger = null;
    if (paused === this.#paused) return;
    this.#paused = paused;
    this.#pause(paused);
  }

  #deliver(frame: Buffer, starts: boolean): void {
    let packet: Buffer | null = null;
    for (const hearer of this.#hearers) {
      if (hearer.codec === 'pcm') hearer.hear(frame, starts);
      else if (hearer.codec === 'opus') {
        this.#encoder ??= new OpusEncoder();
        packet ??= this.#encoder.encode(frame);
        hearer.hear(packet, starts);
      }
    }
  }
}
