/** A sound server that speaks as much of PulseAudio's native protocol as the gateway uses, on one end of a stream. */
import type { Duplex } from 'node:stream';
import { PulsePackets, messagePacket } from '#gateway/sound/pulse-packets.ts';
import { CLIENT_NAME, Command, parseMessage } from '#gateway/sound/pulse-messages.ts';
import { type TagReader, TagWriter } from '#gateway/sound/pulse-tagstruct.ts';

const EVENT_TAG = 0xff_ff_ff_ff;
const CHANNEL = 7;
const PLAYBACK_CHANNEL = 8;
/** Indices of the devices, by name. */
export const DEVICES: Readonly<Record<string, number>> = { desk: 0, microphone_in: 1, microphone: 4 };
const S16LE = 3;

export interface FakeInput {
  readonly index: number;
  readonly title: string;
  readonly properties: Readonly<Record<string, string>>;
  volume: number;
  muted: boolean;
  paused: boolean;
  /** The sink; 0 is the one that is heard. */
  device?: number;
}

export interface FakeOutput {
  readonly index: number;
  readonly title: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly device?: number;
  readonly method?: string;
  paused: boolean;
}

export class FakePulseServer {
  readonly inputs: FakeInput[] = [];
  readonly outputs: FakeOutput[] = [];
  /** Names of devices that it has not. */
  readonly missing = new Set<string>();
  /** What the gateway plays into the microphone now; null if it plays nothing. */
  played: Buffer[] | null = null;
  /** The index of the next stream of the gateway. */
  nextIndex = 50;
  /** The commands that arrived. */
  readonly commands: number[] = [];
  recordingPaused = true;
  readonly stream: Duplex;
  readonly #cookie: Buffer;
  readonly #packets = new PulsePackets();

  constructor(stream: Duplex, cookie: Buffer) {
    this.stream = stream;
    this.#cookie = cookie;
    stream.on('error', () => {});
    stream.once('end', () => stream.destroy());
    stream.on('data', (bytes: Buffer) => {
      for (const packet of this.#packets.push(bytes)) {
        if (packet.kind === 'message') this.#serve(packet.bytes);
        else this.played?.push(Buffer.from(packet.bytes));
      }
    });
  }

  /** Tells subscribers that something changed. */
  change(): void {
    this.#send(new TagWriter().u32(Command.subscribeEvent).u32(EVENT_TAG).u32(0).u32(0));
  }

  /** Sends samples of the recording unless it is paused. */
  samples(bytes: Buffer): void {
    if (this.recordingPaused) return;
    const descriptor = Buffer.alloc(20);
    descriptor.writeUInt32BE(bytes.length, 0);
    descriptor.writeUInt32BE(CHANNEL, 4);
    this.stream.write(Buffer.concat([descriptor, bytes]));
  }

  /** Asks for more of the playback. */
  request(bytes: number): void {
    this.#send(new TagWriter().u32(Command.request).u32(EVENT_TAG).u32(PLAYBACK_CHANNEL).u32(bytes));
  }

  #serve(bytes: Buffer): void {
    const { command, tag, body } = parseMessage(bytes);
    this.commands.push(command);
    const reply = new TagWriter().u32(Command.reply).u32(tag);
    if (command === Command.auth) {
      body.u32();
      if (!body.arbitrary().equals(this.#cookie)) return this.#send(new TagWriter().u32(Command.error).u32(tag).u32(1));
      reply.u32(35);
    } else if (command === Command.createRecordStream) reply.u32(CHANNEL);
    else if (command === Command.corkRecordStream) this.#cork(body);
    else if (command === Command.listSinkInputs) for (const input of this.inputs) describe(reply, input);
    else if (command === Command.listSourceOutputs) for (const output of this.outputs) describeOutput(reply, output);
    else if (command === Command.lookupSink || command === Command.lookupSource) {
      const name = body.string() ?? '';
      if (this.missing.has(name)) return this.#send(new TagWriter().u32(Command.error).u32(tag).u32(5));
      reply.u32(DEVICES[name] ?? 0);
    } else if (command === Command.createPlaybackStream) this.#play(body, reply);
    else if (command === Command.deletePlaybackStream) this.#stopPlaying();
    else if (command === Command.setSinkInputVolume) this.#find(body).volume = body.volumes()[0] ?? 0;
    else if (command === Command.setSinkInputMute) this.#find(body).muted = body.bool();
    this.#send(reply);
    if (command === Command.setSinkInputVolume || command === Command.setSinkInputMute) this.change();
  }

  #play(body: TagReader, reply: TagWriter): void {
    body.sampleSpec();
    body.channelMap();
    body.u32();
    body.string();
    const properties = { 'application.name': CLIENT_NAME };
    const more = {
      title: 'Microphone',
      volume: 65_536,
      muted: false,
      paused: false,
      device: DEVICES['microphone_in'] ?? 1,
    };
    this.inputs.push({ index: this.nextIndex, properties, ...more });
    this.played = [];
    reply.u32(PLAYBACK_CHANNEL).u32(this.nextIndex).u32(body.u32());
    this.nextIndex += 1;
  }

  #stopPlaying(): void {
    this.played = null;
    this.inputs.splice(0, this.inputs.length, ...this.inputs.filter(({ index }) => index !== this.nextIndex - 1));
  }

  #cork(body: TagReader): void {
    body.u32();
    this.recordingPaused = body.bool();
  }

  #find(body: TagReader): FakeInput {
    const index = body.u32();
    const found = this.inputs.find((input) => input.index === index);
    if (!found) throw new Error(`no input ${index}`);
    return found;
  }

  #send(writer: TagWriter): void {
    this.stream.write(messagePacket(writer.bytes()));
  }
}

function describe(writer: TagWriter, { index, title, properties, volume, muted, paused, device = 0 }: FakeInput): void {
  writer
    .u32(index)
    .string(title)
    .u32(1)
    .u32(2)
    .u32(device)
    .sampleSpec({ format: S16LE, channels: 2, rate: 44_100 })
    .channelMap([1, 2])
    .volumes([volume, volume])
    .usec(0n)
    .usec(10_000n)
    .string('speex-float-1')
    .string('protocol-native.c')
    .bool(muted)
    .properties(properties)
    .bool(paused)
    .bool(true)
    .bool(true);
}

function describeOutput(
  writer: TagWriter,
  { index, title, properties, paused, device = DEVICES['microphone'] ?? 0, method = 'copy' }: FakeOutput,
): void {
  writer
    .u32(index)
    .string(title)
    .u32(1)
    .u32(2)
    .u32(device)
    .sampleSpec({ format: S16LE, channels: 1, rate: 44_100 })
    .channelMap([0])
    .usec(0n)
    .usec(10_000n)
    .string(method)
    .string('protocol-native.c')
    .properties(properties)
    .bool(paused);
}
