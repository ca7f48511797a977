/**
 * The engine's multiplexed streams: logs and output of commands without a terminal come as frames of an 8-byte header
 * (stream number, three zeros, length as 32-bit big-endian) and that many bytes.
 */
import { Duplex, type Readable, type Writable } from 'node:stream';
import { Outputs } from './outputs.ts';
import { toError } from '#domain/errors.ts';

const HEADER = 8;
/** No engine sends longer frames: a longer one means that the stream is not multiplexed. */
const MAX_FRAME = 64 * 1024 * 1024;

export interface Frame {
  readonly stream: 'stdout' | 'stderr';
  readonly data: Buffer;
}

/** Parses frames from chunks, however they are split. */
export class FrameReader {
  #rest: Buffer = Buffer.alloc(0);

  /** Frames that `chunk` completes. Throws a `RangeError` for bytes that are no frames. */
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

/** The streams of a command over the connection of its engine. */
export interface Carried {
  /** Reading is output, writing is input; ending it closes the input. */
  readonly stream: Duplex;
  readonly stderr: Readable | null;
  /** From now on input goes there instead of over the connection. */
  readonly feed: (input: Writable) => void;
}

/** Without a terminal, stdout and stderr are framed and input is raw. */
export function unframed(raw: Duplex): Carried {
  const frames = new FrameReader();
  return carried(raw, true, (chunk) => frames.push(chunk));
}

/** A raw hijacked connection that ends only when it was read, so that a late reader gets all of it. */
export function wholeStream(raw: Duplex): Carried {
  return carried(raw, false, (data) => [{ stream: 'stdout', data }]);
}

function carried(raw: Duplex, separate: boolean, decode: (chunk: Buffer) => readonly Frame[]): Carried {
  let input: Writable = raw;
  const stream = new Duplex({
    read: () => outputs.wanted(stream),
    // A command that accepts no more input is no error for the writer: its end is reported separately.
    write: (chunk, _encoding, done) => {
      if (input.destroyed || input.writableEnded) done();
      else input.write(chunk, () => done());
    },
    final: (done) => {
      if (input.destroyed || input.writableEnded) done();
      else input.end(() => done());
    },
    destroy: (error, done) => {
      raw.destroy();
      input.destroy();
      outputs.destroy();
      done(error);
    },
  });
  const outputs = new Outputs(stream, separate, () => raw);
  raw.on('data', (chunk: Buffer) => {
    try {
      for (const { stream: name, data } of decode(chunk)) outputs.push(name, data);
    } catch (error) {
      stream.destroy(toError(error));
    }
  });
  raw.on('end', () => outputs.end());
  raw.on('error', (error) => {
    if (isGone(error)) outputs.end();
    else stream.destroy(error);
  });
  raw.on('close', () => {
    if (!raw.readableEnded && raw.errored === null) stream.destroy();
  });
  return {
    stream,
    stderr: outputs.stderr,
    feed: (other) => {
      other.on('error', () => {});
      input = other;
      raw.end();
    },
  };
}

/** The engine closed the connection while input was in transit, as it does when the command has ended. */
function isGone(error: NodeJS.ErrnoException): boolean {
  return error.code === 'EPIPE' || error.code === 'ECONNRESET';
}
