/**
 * The engine's multiplexed streams: logs and output of commands without a terminal come as frames of an 8-byte header
 * (stream number, three zeros, length as 32-bit big-endian) and that many bytes.
 */
import { Duplex } from 'node:stream';

const HEADER = 8;
/** No engine sends frames this long: what claims to be one is not multiplexed at all. */
const MAX_FRAME = 64 * 1024 * 1024;

export interface Frame {
  readonly stream: 'stdout' | 'stderr';
  readonly data: Buffer;
}

/** Cuts chunks, however they are split, into frames. */
export class FrameReader {
  #rest: Buffer = Buffer.alloc(0);

  /** Frames completed by `chunk`. Throws a `RangeError` for bytes that are no frames. */
  push(chunk: Buffer): Frame[] {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const frames: Frame[] = [];
    while (this.#rest.length >= HEADER) {
      const kind = this.#rest.readUInt8(0);
      const length = this.#rest.readUInt32BE(4);
      if (kind > 2 || length > MAX_FRAME)
        throw new RangeError('The stream of the container engine is not made of frames.');
      if (this.#rest.length < HEADER + length) break;
      frames.push({ stream: kind === 2 ? 'stderr' : 'stdout', data: this.#rest.subarray(HEADER, HEADER + length) });
      this.#rest = this.#rest.subarray(HEADER + length);
    }
    return frames;
  }
}

/** Without a terminal, output comes in frames and input goes as it is. */
export function unframed(raw: Duplex): Duplex {
  const frames = new FrameReader();
  return around(raw, (chunk) => frames.push(chunk).map(({ data }) => data));
}

/** A hijacked connection as it is, but kept whole for whoever comes to it late: it ends only when it was read. */
export function kept(raw: Duplex): Duplex {
  return around(raw, (chunk) => [chunk]);
}

function around(raw: Duplex, decode: (chunk: Buffer) => readonly Buffer[]): Duplex {
  const stream = new Duplex({
    // As the connection itself: when one has said all, the other is not asked any more.
    allowHalfOpen: false,
    read: () => raw.resume(),
    write: (chunk, _encoding, done) => {
      // A command that has ended takes no more input, which is no failure of whoever types.
      if (raw.writableEnded) done();
      else raw.write(chunk, done);
    },
    final: (done) => {
      if (raw.writableEnded) done();
      else raw.end(done);
    },
    destroy: (error, done) => {
      raw.destroy();
      done(error);
    },
  });
  raw.on('data', (chunk: Buffer) => {
    try {
      for (const data of decode(chunk)) if (!stream.push(data)) raw.pause();
    } catch (error) {
      stream.destroy(error instanceof Error ? error : new Error(String(error)));
    }
  });
  raw.on('end', () => stream.push(null));
  raw.on('error', (error) => stream.destroy(error));
  raw.on('close', () => {
    if (!raw.readableEnded) stream.destroy();
  });
  return stream;
}
