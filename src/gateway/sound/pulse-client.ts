/** A client of a desktop's sound server: what plays and records, volumes, one recording of what is heard, and one playback. */
import type { Duplex } from 'node:stream';
import { toError } from '#domain/errors.ts';
import { ignore } from '#protocol/ignore.ts';
import { PulseError } from './pulse-error.ts';
import { messagePacket, type PulsePacket, PulsePackets, samplesPacket } from './pulse-packets.ts';
import {
  auth,
  channelOf,
  checkAuth,
  clientName,
  Command,
  createPlaybackStream,
  createRecordStream,
  parseError,
  parseMessage,
  parsePlayback,
  parseSinkInputs,
  parseSourceOutputs,
  pauseRecordStream,
  type Playback,
  type Recording,
  setMuted,
  setVolume,
  type SinkInput,
  type SourceOutput,
  subscribe,
} from './pulse-messages.ts';
import { type TagReader, TagWriter } from './pulse-tagstruct.ts';

const ANSWER_MS = 5_000;
/** Requests without an answer; further ones fail. */
const MAX_WAITING = 64;

export interface PulseListeners {
  /** What plays or records has changed: {@link PulseClient.inputs} and {@link PulseClient.outputs} say how. */
  readonly changed: () => void;
  /** Samples of the recording, in pieces of any length. */
  readonly samples: (bytes: Buffer) => void;
}

/** What is played at the moment. */
interface Playing {
  readonly channel: number;
  /** Of its sink input. */
  readonly index: number;
  /** Bytes that the server wants beyond those that it has. */
  wanted: number;
  readonly mostBytes: number;
}

interface Waiting {
  readonly resolve: (body: TagReader) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

export class PulseClient {
  /** Resolves when the connection has ended, with the reason. */
  readonly ended: Promise<Error>;
  readonly #stream: Duplex;
  readonly #listeners: PulseListeners;
  readonly #packets = new PulsePackets();
  readonly #waiting = new Map<number, Waiting>();
  #tag = 0;
  #recording: number | null = null;
  #playing: Playing | null = null;

  private constructor(stream: Duplex, listeners: PulseListeners) {
    this.#stream = stream;
    this.#listeners = listeners;
    const ended = Promise.withResolvers<Error>();
    this.ended = ended.promise;
    stream.on('error', ignore('the close event follows'));
    stream.on('data', (bytes: Buffer) => this.#receive(bytes));
    stream.once('end', () => stream.destroy());
    const close = (): void => {
      const reason = stream.errored ?? new PulseError('The sound server closed the connection.');
      for (const { reject, timer } of this.#waiting.values()) {
        clearTimeout(timer);
        reject(reason);
      }
      this.#waiting.clear();
      ended.resolve(reason);
    };
    stream.once('close', close);
    if (stream.destroyed) close();
  }

  /** Owns the stream from now on. Rejects if the server doesn't accept the cookie, or doesn't answer. */
  static async open(stream: Duplex, cookie: Buffer, listeners: PulseListeners): Promise<PulseClient> {
    const client = new PulseClient(stream, listeners);
    try {
      checkAuth(await client.#ask(Command.auth, (writer) => auth(writer, cookie)));
      await client.#ask(Command.setClientName, clientName);
      await client.#ask(Command.subscribe, subscribe);
      return client;
    } catch (error) {
      client.close();
      throw error;
    }
  }

  async inputs(): Promise<SinkInput[]> {
    return parseSinkInputs(await this.#ask(Command.listSinkInputs));
  }

  async outputs(): Promise<SourceOutput[]> {
    return parseSourceOutputs(await this.#ask(Command.listSourceOutputs));
  }

  /** The index of a sink or source by its name; rejects if there is none. */
  async find(kind: 'sink' | 'source', name: string): Promise<number> {
    const command = kind === 'sink' ? Command.lookupSink : Command.lookupSource;
    return (await this.#ask(command, (writer) => writer.string(name))).u32();
  }

  /** Starts a playback; there is one at a time. Returns the index of its sink input. */
  async play(playback: Playback): Promise<number> {
    const reply = await this.#ask(Command.createPlaybackStream, (writer) => createPlaybackStream(writer, playback));
    this.#playing = { ...parsePlayback(reply), mostBytes: playback.mostBytes };
    return this.#playing.index;
  }

  /** How many bytes of the playback wait to be heard; at most this many more are taken. */
  get room(): { waiting: number; free: number } {
    const { wanted, mostBytes } = this.#playing ?? { wanted: 0, mostBytes: 0 };
    return { waiting: Math.max(0, mostBytes - wanted), free: wanted };
  }

  /** Samples for the playback, no more than there is room for. */
  write(samples: Buffer): void {
    if (this.#playing === null) return;
    this.#playing.wanted -= samples.length;
    this.#stream.write(samplesPacket(this.#playing.channel, samples));
  }

  async stopPlaying(): Promise<void> {
    const playing = this.#playing;
    this.#playing = null;
    if (playing) await this.#ask(Command.deletePlaybackStream, (writer) => writer.u32(playing.channel));
  }

  /** Called once: creates the recording, which is paused. */
  async record(recording: Recording): Promise<void> {
    const reply = await this.#ask(Command.createRecordStream, (writer) => createRecordStream(writer, recording));
    this.#recording = channelOf(reply);
  }

  /** The listener gets samples while the recording isn't paused. */
  async pause(paused: boolean): Promise<void> {
    const channel = this.#recording;
    if (channel === null) throw new PulseError('Nothing is recorded.');
    await this.#ask(Command.corkRecordStream, (writer) => pauseRecordStream(writer, channel, paused));
  }

  async setVolume(index: number, volume: number): Promise<void> {
    await this.#ask(Command.setSinkInputVolume, (writer) => setVolume(writer, index, volume));
  }

  async setMuted(index: number, muted: boolean): Promise<void> {
    await this.#ask(Command.setSinkInputMute, (writer) => setMuted(writer, index, muted));
  }

  close(): void {
    this.#stream.destroy();
  }

  #ask(command: number, write: (writer: TagWriter) => void = () => {}): Promise<TagReader> {
    this.#tag += 1;
    const tag = this.#tag;
    const writer = new TagWriter().u32(command).u32(tag);
    write(writer);
    return new Promise((resolve, reject) => {
      if (this.#stream.destroyed) return reject(new PulseError('The connection to the sound server is closed.'));
      if (this.#waiting.size >= MAX_WAITING) return reject(new PulseError('The sound server is busy.'));
      const timer = setTimeout(() => this.#fail(new PulseError('The sound server did not answer in time.')), ANSWER_MS);
      this.#waiting.set(tag, { resolve, reject, timer });
      this.#stream.write(messagePacket(writer.bytes()));
    });
  }

  #receive(bytes: Buffer): void {
    if (this.#stream.destroyed) return;
    try {
      for (const packet of this.#packets.push(bytes)) this.#take(packet);
    } catch (error) {
      this.#fail(toError(error));
    }
  }

  #take(packet: PulsePacket): void {
    if (packet.kind === 'message') this.#answer(packet.bytes);
    else if (packet.channel === this.#recording) this.#listeners.samples(packet.bytes);
  }

  #answer(bytes: Buffer): void {
    const { command, tag, body } = parseMessage(bytes);
    if (command === Command.subscribeEvent) return this.#listeners.changed();
    if (command === Command.request) return this.#want(body);
    if (command === Command.recordStreamKilled) throw new PulseError('The sound server ended the recording.');
    if (command === Command.playbackStreamKilled) throw new PulseError('The sound server ended the playback.');
    if (command !== Command.reply && command !== Command.error) return;
    const waiting = this.#waiting.get(tag);
    if (!waiting) return;
    this.#waiting.delete(tag);
    clearTimeout(waiting.timer);
    if (command === Command.reply) waiting.resolve(body);
    else waiting.reject(parseError(body));
  }

  #want(body: TagReader): void {
    const channel = body.u32();
    const bytes = body.u32();
    if (this.#playing?.channel !== channel) return;
    this.#playing.wanted = Math.min(this.#playing.wanted + bytes, this.#playing.mostBytes);
  }

  #fail(error: Error): void {
    this.#stream.destroy(error);
  }
}
