/**
 * The sound of one desktop at this gateway: one connection to its sound service and one encoder, shared by all who listen.
 * Connects while somebody listens and the service runs; records while something plays and somebody wants to hear it.
 */
import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { messageOf, sentenceOf } from '#domain/errors.ts';
import { Paced } from '#domain/paced.ts';
import { ignore } from '#protocol/ignore.ts';
import { printableLine } from '#protocol/printable.ts';
import { SOUND_RATE } from '#protocol/sound-frames.ts';
import { MAX_MACHINE, MAX_TEXT, type Playing, type SoundNotice } from '#protocol/sound.ts';
import type { Hearer } from './hearer.ts';
import { FRAME_BYTES } from './opus.ts';
import { PulseClient } from './pulse-client.ts';
import type { SinkInput } from './pulse-messages.ts';
import { Recording } from './recording.ts';

/** What programs play to: images/sound. */
const MONITOR = 'desk.monitor';
/** The service may have to be started first. */
const CONNECT_MS = 30_000;
/** Between attempts to reach the service; the last one repeats. */
const RETRY_MS = [100, 250, 500, 1_000, 2_000, 5_000, 10_000] as const;
/** After a connection that lasted this long, the delays start short again. */
const GOOD_MS = 5_000;
/** Between two looks at what plays, however fast programs change it. */
const LOOK_GAP_MS = 50;

export interface SoundService {
  /** PulseAudio's, 256 bytes. */
  readonly cookie: Buffer;
  /** Resolves when it runs: nothing plays before. It isn't started to listen to it. */
  runs(signal: AbortSignal): Promise<void>;
  connect(signal: AbortSignal): Promise<Duplex>;
  /** Called once when the service is lost or can't be reached, until it answers again. */
  lost(reason: string): void;
}

export class DesktopSound {
  readonly #service: SoundService;
  readonly #hearers = new Set<Hearer>();
  #stop: AbortController | null = null;
  #client: PulseClient | null = null;
  #recording: Recording | null = null;
  #inputs: readonly SinkInput[] = [];
  /** Null until the service was tried. */
  #state: Extract<SoundNotice, { kind: 'service' }> | null = null;

  constructor(service: SoundService) {
    this.#service = service;
  }

  get size(): number {
    return this.#hearers.size;
  }

  add(hearer: Hearer): void {
    this.#hearers.add(hearer);
    if (this.#state) hearer.note(this.#state);
    if (this.#state?.up) hearer.note(this.#playing());
    this.#recording?.update();
    if (this.#stop) return;
    this.#stop = new AbortController();
    this.#keepConnected(this.#stop.signal).catch(ignore('the last listener left'));
  }

  remove(hearer: Hearer): void {
    this.#hearers.delete(hearer);
    this.#recording?.update();
    if (this.#hearers.size > 0) return;
    this.#stop?.abort();
    this.#stop = null;
    this.#state = null;
  }

  /** A listener wants another codec. */
  wantsChanged(): void {
    this.#recording?.update();
  }

  /** For everybody who listens. Does nothing if the program has just stopped. */
  setVolume(index: number, volume: number): void {
    this.#client?.setVolume(index, volume).catch(ignore('the program has just stopped'));
  }

  setMuted(index: number, muted: boolean): void {
    this.#client?.setMuted(index, muted).catch(ignore('the program has just stopped'));
  }

  async #keepConnected(stopping: AbortSignal): Promise<void> {
    for (let attempt = 0; !stopping.aborted; attempt += 1) {
      if (this.#state === null) this.#up();
      const since = performance.now();
      const reason = await this.#connection(stopping).catch((error: unknown) => error);
      if (stopping.aborted) return;
      this.#lost(reason);
      if (performance.now() - since >= GOOD_MS) attempt = 0;
      await delay(RETRY_MS[Math.min(attempt, RETRY_MS.length - 1)], undefined, { signal: stopping });
    }
  }

  /** One connection from opening to its end. Returns why it ended; rejects if it could not be used. */
  async #connection(stopping: AbortSignal): Promise<Error> {
    await this.#service.runs(stopping);
    const stream = await this.#service.connect(AbortSignal.any([stopping, AbortSignal.timeout(CONNECT_MS)]));
    const close = (): void => void stream.destroy();
    stopping.addEventListener('abort', close, { once: true });
    if (stopping.aborted) close();
    using recording = new Recording(this.#hearers, (paused) => {
      this.#client?.pause(paused).catch(close);
    });
    const looks = new Paced(
      () => LOOK_GAP_MS,
      () => this.#look(recording).catch(close),
    );
    try {
      const samples = (bytes: Buffer): void => recording.take(bytes);
      const client = await PulseClient.open(stream, this.#service.cookie, { samples, changed: () => looks.request() });
      await client.record({ source: MONITOR, rate: SOUND_RATE, fragmentBytes: FRAME_BYTES });
      this.#client = client;
      this.#recording = recording;
      this.#up();
      looks.request();
      return await client.ended;
    } finally {
      looks.stop();
      this.#client = null;
      this.#recording = null;
      stopping.removeEventListener('abort', close);
      close();
    }
  }

  async #look(recording: Recording): Promise<void> {
    if (!this.#client) return;
    this.#inputs = await this.#client.inputs();
    recording.plays = this.#inputs.some(({ paused }) => !paused);
    this.#tell(this.#playing());
  }

  #up(): void {
    if (!this.#state?.up) this.#tell((this.#state = { kind: 'service', up: true, reason: null }));
  }

  #lost(reason: unknown): void {
    this.#inputs = [];
    if (this.#state?.up !== false) this.#service.lost(messageOf(reason));
    this.#tell((this.#state = { kind: 'service', up: false, reason: sentenceOf(reason) }));
    this.#tell(this.#playing());
  }

  #tell(notice: SoundNotice): void {
    for (const hearer of this.#hearers) hearer.note(notice);
  }

  #playing(): SoundNotice {
    return { kind: 'playing', inputs: this.#inputs.filter(({ paused }) => !paused).map(present) };
  }
}

function present({ index, program, title, pid, machine, volume, muted }: SinkInput): Playing {
  return {
    index,
    program: printableLine(program.slice(0, MAX_TEXT)),
    title: printableLine(title.slice(0, MAX_TEXT)),
    pid,
    machine: machine !== null && machine.length <= MAX_MACHINE ? machine : null,
    volume,
    muted,
  };
}
