/**
 * Reads what GStreamer's `gdppay` writes (gst-plugins-bad, `gst/gdp/dataprotocol.c`, version 1.0): packets of 62 bytes and a
 * payload. Only buffers matter here; capabilities and events are skipped. The bytes come from a desktop's service: every
 * length is checked before anything is kept.
 */

export interface EncodedFrame {
  readonly isKey: boolean;
  /** Milliseconds since the encoder started; 0 if it doesn't say. */
  readonly ms: number;
  readonly data: Buffer;
}

export class GdpError extends Error {}

const HEADER = { version: 0, type: 4, length: 6, time: 10, flags: 42, bytes: 62 } as const;
const VERSION = 0x01_00;
const BUFFER = 1;
/** `GST_BUFFER_FLAG_DELTA_UNIT` and `GST_BUFFER_FLAG_HEADER`. */
const DELTA_UNIT = 1 << 13;
const NO_TIME = 0xff_ff_ff_ff_ff_ff_ff_ffn;
/** A key frame of 4K at the best quality has less. */
export const MAX_FRAME_BYTES = 8 * 1024 * 1024;
/** Of capabilities and events. */
const MAX_OTHER_BYTES = 64 * 1024;

export class GdpReader {
  readonly #onFrame: (frame: EncodedFrame) => void;
  #parts: Buffer[] = [];
  #length = 0;
  #needed: number = HEADER.bytes;
  #header: Buffer | null = null;

  constructor(onFrame: (frame: EncodedFrame) => void) {
    this.#onFrame = onFrame;
  }

  /** Throws {@link GdpError}, after which nothing more may be pushed. */
  push(chunk: Buffer): void {
    this.#parts.push(chunk);
    this.#length += chunk.length;
    while (this.#length >= this.#needed) this.#take();
  }

  #take(): void {
    const bytes = this.#parts.length === 1 && this.#parts[0] ? this.#parts[0] : Buffer.concat(this.#parts);
    const taken = bytes.subarray(0, this.#needed);
    const rest = bytes.subarray(this.#needed);
    this.#parts = rest.length > 0 ? [rest] : [];
    this.#length = rest.length;
    if (this.#header === null) return this.#begin(taken);
    const header = this.#header;
    this.#header = null;
    this.#needed = HEADER.bytes;
    if (header.readUInt16BE(HEADER.type) === BUFFER && taken.length > 0) this.#onFrame(frameOf(header, taken));
  }

  #begin(header: Buffer): void {
    const version = header.readUInt16BE(HEADER.version);
    if (version !== VERSION)
      throw new GdpError(`The encoder sent a packet of GDP version ${version >> 8}.${version & 0xff}.`);
    const length = header.readUInt32BE(HEADER.length);
    const most = header.readUInt16BE(HEADER.type) === BUFFER ? MAX_FRAME_BYTES : MAX_OTHER_BYTES;
    if (length > most) throw new GdpError(`The encoder sent a packet of ${length} bytes; ${most} is the most.`);
    this.#header = header;
    this.#needed = length;
  }
}

function frameOf(header: Buffer, data: Buffer): EncodedFrame {
  const time = header.readBigUInt64BE(HEADER.time);
  const ms = time === NO_TIME ? 0 : Number((time / 1_000_000n) & 0xff_ff_ff_ffn);
  return { isKey: (header.readUInt16BE(HEADER.flags) & DELTA_UNIT) === 0, ms, data };
}
