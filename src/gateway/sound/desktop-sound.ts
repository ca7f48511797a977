/**
 * The sound of one desktop at this gateway: one connection to its sound service and one encoder, shared by all who listen, and
 * its microphone. Connects while somebody listens and the service runs; records while something plays and somebody wants to
 * hear it.
 */
import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { messageOf, sentenceOf } from '#domain/errors.ts';
import { Paced } from '#domain/paced.ts';
import { ignore } from '#protocol/ignore.ts';
import { SOUND_RATE } from '#protocol/sound-frames.ts';
import type { SoundNotice } from '#protocol/sound.ts';
import type { Hearer } from './hearer.ts';
import { Microphone, MICROPHONE } from './microphone.ts';
import { FRAME_BYTES } from './opus.ts';
import { presentProgram } from './present-program.ts';
import { PulseClient } from './pulse-client.ts';
import { PulseError } from './pulse-error.ts';
import type { SinkInput } from './pulse-messages.ts';
import { Recording } from './recording.ts';
import type { Talker, Voice } from './talker.ts';

/** What programs play to: images/sound. */
const SINK = 'desk';
const MONITOR = `${SINK}.monitor`;
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
  /** Programs record the microphone of this page from now on; names are the programs' own. */
  began(talker: Talker, programs: readonly string[]): void;
  ended(talker: Talker, ms: number): void;
}

export type Listening = Hearer & Talker;

/** Indices of the devices in images/sound. */
interface Devices {
  readonly sink: number;
  /** Null in the image of an older version, which has none. */
  readonly microphone: { readonly sink: number; readonly source: number } | null;
}

export class DesktopSound {
  readonly #service: SoundService;
  readonly #hearers = new Set<Listening>();
  readonly #microphone: Microphone;
  #stop: AbortController | null = null;
  #client: PulseClient | null = null;
  #recording: Recording | null = null;
  #inputs: readonly SinkInput[] = [];
  /** Null until the service was tried. */
  #state: Extract<SoundNotice, { kind: 'service' }> | null = null;

  constructor(service: SoundService) {
    this.#service = service;
    this.#microphone = new Microphone({
      talkers: this.#hearers,
      began: (...facts) => service.began(...facts),
      ended: (...facts) => service.ended(...facts),
    });
  }

  get size(): number {
    return this.#hearers.size;
  }

  add(hearer: Listening): void {
    this.#hearers.add(hearer);
    if (this.#state) hearer.note(this.#state);
    if (this.#state?.up) hearer.note(this.#playing());
    this.#microphone.greet(hearer);
    this.#recording?.update();
    if (this.#stop) return;
    this.#stop = new AbortController();
    this.#keepConnected(this.#stop.signal).catch(ignore('the last listener left'));
  }

  remove(hearer: Listening): void {
    this.#hearers.delete(hearer);
    this.#microphone.leave(hearer);
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

  speak(talker: Talker, voice: Voice): void {
    this.#microphone.speak(talker, voice);
  }

  /** False if it isn't 20 ms in the form that the talker announced. */
  spoken(talker: Talker, message: Buffer): boolean {
    return this.#microphone.take(talker, message);
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
    let devices: Devices | null = null;
    const looks = new Paced(
      () => LOOK_GAP_MS,
      () => this.#look(recording, devices).catch(close),
    );
    try {
      const samples = (bytes: Buffer): void => recording.take(bytes);
      const client = await PulseClient.open(stream, this.#service.cookie, { samples, changed: () => looks.request() });
      devices = await devicesOf(client);
      await client.record({ source: MONITOR, rate: SOUND_RATE, fragmentBytes: FRAME_BYTES });
      this.#client = client;
      if (devices.microphone) this.#microphone.connected(client);
      this.#recording = recording;
      this.#up();
      looks.request();
      return await client.ended;
    } finally {
      looks.stop();
      this.#client = null;
      this.#microphone.disconnected();
      this.#recording = null;
      stopping.removeEventListener('abort', close);
      close();
    }
  }

  async #look(recording: Recording, devices: Devices | null): Promise<void> {
    if (!this.#client || !devices) return;
    const { sink, microphone } = devices;
    const [inputs, outputs] = await Promise.all([this.#client.inputs(), this.#client.outputs()]);
    this.#inputs = inputs.filter(({ device }) => device === sink);
    this.#microphone.saw({
      playing: inputs.filter(({ device }) => device === microphone?.sink),
      recording: outputs.filter(({ device }) => device === microphone?.source),
    });
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
    const playing = this.#inputs.filter(({ paused }) => !paused);
    return {
      kind: 'playing',
      inputs: playing.map((input) => ({ ...presentProgram(input), volume: input.volume, muted: input.muted })),
    };
  }
}

async function devicesOf(client: PulseClient): Promise<Devices> {
  const sink = await client.find('sink', SINK);
  try {
    const source = await client.find('source', MICROPHONE.source);
    return { sink, microphone: { sink: await client.find('sink', MICROPHONE.sink), source } };
  } catch (error) {
    if (error instanceof PulseError) return { sink, microphone: null };
    throw error;
  }
}
