/** A sound server that speaks as much of PulseAudio's native protocol as the gateway uses, on one end of a stream. */
import type { Duplex } from 'node:stream';
import { PulsePackets, messagePacket } from '#gateway/sound/pulse-packets.ts';
import { Command, parseMessage } from '#gateway/sound/pulse-messages.ts';
import { type TagReader, TagWriter } from '#gateway/sound/pulse-tagstruct.ts';

const EVENT_TAG = 0xff_ff_ff_ff;
const CHANNEL = 7;
const S16LE = 3;

export interface FakeInput {
  readonly index: number;
  readonly title: string;
  readonly properties: Readonly<Record<string, string>>;
  volume: number;
  muted: boolean;
  paused: boolean;
}

export class FakePulseServer {
  readonly inputs: FakeInput[] = [];
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
      for (const packet of this.#packets.push(bytes)) if (packet.kind === 'message') this.#serve(packet.bytes);
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
    else if (command === Command.setSinkInputVolume) this.#find(body).volume = body.volumes()[0] ?? 0;
    else if (command === Command.setSinkInputMute) this.#find(body).muted = body.bool();
    this.#send(reply);
    if (command === Command.setSinkInputVolume || command === Command.setSinkInputMute) this.change();
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

function describe(writer: TagWriter, { index, title, properties, volume, muted, paused }: FakeInput): void {
  writer
    .u32(index)
    .string(title)
    .u32(1)
    .u32(2)
    .u32(0)
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
