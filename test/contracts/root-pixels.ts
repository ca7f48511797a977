/** Reads the background behind a desktop's windows with a minimal X11 client. Not a test itself. */
import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import type { Engine } from '#domain/ports/engine.ts';
import { patience } from './engine-kit.ts';

const COOKIE_NAME = 'MIT-MAGIC-COOKIE-1';
const GET_IMAGE = 73;
const Z_PIXMAP = 2;
const REPLY_HEAD = 32;

/** The colours (`#rrggbb`) of points of the root window, regardless of windows above it. */
export async function rootPixels(
  engine: Engine,
  desktopId: string,
  points: readonly (readonly [x: number, y: number])[],
): Promise<string[]> {
  const { xCookie } = await engine.credentials(desktopId);
  const stream = await engine.connect(desktopId, 'display', patience());
  try {
    const bytes = new Bytes(stream);
    stream.write(greeting(Buffer.from(xCookie, 'hex')));
    const head = await bytes.take(8);
    if (head[0] !== 1) throw new Error('the X server refuses the cookie');
    const setup = await bytes.take(head.readUInt16LE(6) * 4);
    // The fixed part is followed by the vendor, the pixmap formats and the first screen, which starts with its root.
    const root = setup.readUInt32LE(32 + padded(setup.readUInt16LE(16)) + setup.readUInt8(21) * 8);
    const colors: string[] = [];
    for (const [x, y] of points) {
      stream.write(getImage(root, x, y));
      const reply = await bytes.take(REPLY_HEAD);
      if (reply[0] !== 1) throw new Error(`no pixel at ${x},${y}`);
      const [blue = 0, green = 0, red = 0] = await bytes.take(reply.readUInt32LE(4) * 4);
      colors.push(`#${Buffer.from([red, green, blue]).toString('hex')}`);
    }
    return colors;
  } finally {
    stream.destroy();
  }
}

class Bytes {
  readonly #stream: Duplex;
  #read = Buffer.alloc(0);

  constructor(stream: Duplex) {
    this.#stream = stream;
  }

  async take(count: number): Promise<Buffer> {
    while (this.#read.length < count) {
      const chunk: unknown = this.#stream.read();
      if (Buffer.isBuffer(chunk)) this.#read = Buffer.concat([this.#read, chunk]);
      else if (this.#stream.readableEnded || this.#stream.destroyed) throw new Error('the X server has gone');
      else await this.#more();
    }
    const taken = this.#read.subarray(0, count);
    this.#read = this.#read.subarray(count);
    return taken;
  }

  async #more(): Promise<void> {
    const done = new AbortController();
    const signal = AbortSignal.any([done.signal, patience()]);
    const waits = ['readable', 'close'].map((event) => once(this.#stream, event, { signal }));
    await Promise.race(waits);
    done.abort();
    await Promise.allSettled(waits);
  }
}

function greeting(cookie: Buffer): Buffer {
  const head = Buffer.alloc(12);
  head.write('l');
  head.writeUInt16LE(11, 2);
  head.writeUInt16LE(COOKIE_NAME.length, 6);
  head.writeUInt16LE(cookie.length, 8);
  const name = Buffer.alloc(padded(COOKIE_NAME.length));
  name.write(COOKIE_NAME);
  return Buffer.concat([head, name, cookie]);
}

function getImage(window: number, x: number, y: number): Buffer {
  const request = Buffer.alloc(20);
  request.writeUInt8(GET_IMAGE, 0);
  request.writeUInt8(Z_PIXMAP, 1);
  request.writeUInt16LE(request.length / 4, 2);
  request.writeUInt32LE(window, 4);
  request.writeInt16LE(x, 8);
  request.writeInt16LE(y, 10);
  request.writeUInt16LE(1, 12);
  request.writeUInt16LE(1, 14);
  request.writeUInt32LE(0xff_ff_ff_ff, 16);
  return request;
}

function padded(length: number): number {
  return Math.ceil(length / 4) * 4;
}
