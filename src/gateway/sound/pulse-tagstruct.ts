/**
 * Values of PulseAudio's native protocol (`pulsecore/tagstruct.h`): each is a byte that names its type, then the value, with
 * integers in network order.
 */
import { PulseError } from './pulse-error.ts';

/** `PA_CHANNELS_MAX` */
const MAX_CHANNELS = 32;
/** More than any program sets. */
const MAX_PROPERTIES = 256;

const TAG = {
  string: 0x74,
  noString: 0x4e,
  u32: 0x4c,
  sampleSpec: 0x61,
  arbitrary: 0x78,
  yes: 0x31,
  no: 0x30,
  usec: 0x55,
  channelMap: 0x6d,
  volumes: 0x76,
  properties: 0x50,
} as const;

export interface SampleSpec {
  /** `pa_sample_format`: 3 is 16 bit, little endian. */
  readonly format: number;
  readonly channels: number;
  readonly rate: number;
}

export type Properties = ReadonlyMap<string, string>;

/** Builds a message; every method returns the writer. */
export class TagWriter {
  readonly #parts: Buffer[] = [];

  u32(value: number): this {
    return this.#push(TAG.u32, word(value));
  }

  bool(value: boolean): this {
    return this.#push(value ? TAG.yes : TAG.no);
  }

  string(value: string | null): this {
    return value === null ? this.#push(TAG.noString) : this.#push(TAG.string, Buffer.from(`${value}\0`));
  }

  arbitrary(bytes: Buffer): this {
    return this.#push(TAG.arbitrary, word(bytes.length), bytes);
  }

  sampleSpec({ format, channels, rate }: SampleSpec): this {
    return this.#push(TAG.sampleSpec, Buffer.from([format, channels]), word(rate));
  }

  /** Positions as in `pa_channel_position`: 1 is front left, 2 front right. */
  channelMap(positions: readonly number[]): this {
    return this.#push(TAG.channelMap, Buffer.from([positions.length, ...positions]));
  }

  /** One per channel, or one for all; 65536 is 100 %. */
  volumes(volumes: readonly number[]): this {
    return this.#push(TAG.volumes, Buffer.from([volumes.length]), ...volumes.map(word));
  }

  usec(microseconds: bigint): this {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64BE(microseconds);
    return this.#push(TAG.usec, bytes);
  }

  properties(properties: Readonly<Record<string, string>>): this {
    this.#push(TAG.properties);
    for (const [key, value] of Object.entries(properties)) {
      const bytes = Buffer.from(`${value}\0`);
      this.string(key).u32(bytes.length).arbitrary(bytes);
    }
    return this.string(null);
  }

  bytes(): Buffer {
    return Buffer.concat(this.#parts);
  }

  #push(tag: number, ...parts: readonly Buffer[]): this {
    this.#parts.push(Buffer.from([tag]), ...parts);
    return this;
  }
}

/** Reads a message value by value. Every method throws {@link PulseError} if the next value has another type or is cut. */
export class TagReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  u32(): number {
    this.#expect(TAG.u32);
    return this.#word();
  }

  bool(): boolean {
    const tag = this.#byte();
    if (tag !== TAG.yes && tag !== TAG.no) throw unexpected(tag);
    return tag === TAG.yes;
  }

  string(): string | null {
    const tag = this.#byte();
    if (tag === TAG.noString) return null;
    if (tag !== TAG.string) throw unexpected(tag);
    const end = this.#bytes.indexOf(0, this.#at);
    if (end < 0) throw cut();
    return this.#take(end + 1 - this.#at)
      .subarray(0, -1)
      .toString('utf8');
  }

  arbitrary(): Buffer {
    this.#expect(TAG.arbitrary);
    return this.#take(this.#word());
  }

  sampleSpec(): SampleSpec {
    this.#expect(TAG.sampleSpec);
    return { format: this.#byte(), channels: this.#byte(), rate: this.#word() };
  }

  channelMap(): readonly number[] {
    this.#expect(TAG.channelMap);
    return [...this.#take(this.#channels())];
  }

  volumes(): readonly number[] {
    this.#expect(TAG.volumes);
    return Array.from({ length: this.#channels() }, () => this.#word());
  }

  /** Microseconds. */
  usec(): bigint {
    this.#expect(TAG.usec);
    return this.#take(8).readBigUInt64BE();
  }

  properties(): Properties {
    this.#expect(TAG.properties);
    const found = new Map<string, string>();
    for (let key = this.string(); key !== null; key = this.string()) {
      if (found.size >= MAX_PROPERTIES) throw new PulseError('The sound server sent too many properties.');
      const length = this.u32();
      const value = this.arbitrary();
      if (value.length !== length) throw new PulseError('The sound server sent a property with two lengths.');
      found.set(key, value.toString('utf8').replace(/\0$/, ''));
    }
    return found;
  }

  #channels(): number {
    const channels = this.#byte();
    if (channels > MAX_CHANNELS) throw new PulseError(`The sound server sent ${channels} channels.`);
    return channels;
  }

  #expect(tag: number): void {
    const found = this.#byte();
    if (found !== tag) throw unexpected(found);
  }

  #byte(): number {
    return this.#take(1).readUInt8();
  }

  #word(): number {
    return this.#take(4).readUInt32BE();
  }

  #take(count: number): Buffer {
    const end = this.#at + count;
    if (end > this.#bytes.length) throw cut();
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }
}

function word(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function cut(): PulseError {
  return new PulseError('The sound server sent a message that is cut off.');
}

function unexpected(tag: number): PulseError {
  return new PulseError(`The sound server sent a value of type ${tag} where another one belongs.`);
}
