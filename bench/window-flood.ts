/** An X client whose many windows change titles and icons without end. It speaks the few requests that this takes itself. */
import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { setInterval } from 'node:timers/promises';

const WINDOWS = 400;
const EVERY_MS = 100;
/** Of each five changes of the titles. */
const ICON_TURNS = 5;
const EDGE = 48;
const WM_NAME = 39;
const STRING = 31;
const CARDINAL = 6;
const SUCCESS = 1;

/** Opens the windows and changes them until the signal aborts. `cookie` has 32 hexadecimal digits. */
export async function floodWindows(socket: Duplex, cookie: string, signal: AbortSignal): Promise<void> {
  const bytes = reader(socket);
  socket.write(greeting(Buffer.from(cookie, 'hex')));
  const head = await bytes(8);
  if (head[0] !== SUCCESS) throw new Error('the X server refused the client');
  const setup = await bytes(head.readUInt16LE(6) * 4);
  const vendorBytes = Math.ceil(setup.readUInt16LE(16) / 4) * 4;
  const root = setup.readUInt32LE(32 + vendorBytes + setup.readUInt8(21) * 8);
  const base = setup.readUInt32LE(4);
  socket.write(request(16, 0, [u16(12), u16(0), Buffer.from('_NET_WM_ICON')]));
  const icon = (await bytes(32)).readUInt32LE(8);
  const windows = Array.from({ length: WINDOWS }, (_, index) => base + index + 1);
  for (const window of windows) {
    const place = [u16(10), u16(10), u16(120), u16(80), u16(0), u16(0), u32(0), u32(0)];
    socket.write(request(1, 0, [u32(window), u32(root), ...place]));
    socket.write(property(window, { name: WM_NAME, type: STRING, format: 8, data: Buffer.from('flood') }));
    socket.write(request(8, 0, [u32(window)]));
  }
  socket.resume();
  let turn = 0;
  for await (const _ of setInterval(EVERY_MS, null, { signal })) {
    turn += 1;
    for (const [index, window] of windows.entries()) {
      const title = Buffer.from(`window ${index}, turn ${turn}`);
      socket.write(property(window, { name: WM_NAME, type: STRING, format: 8, data: title }));
      if ((index + turn) % ICON_TURNS > 0) continue;
      const data = Buffer.alloc(8 + EDGE * EDGE * 4, (index * 7 + turn * 13) % 256);
      data.writeUInt32LE(EDGE, 0);
      data.writeUInt32LE(EDGE, 4);
      socket.write(property(window, { name: icon, type: CARDINAL, format: 32, data }));
    }
    if (socket.writableNeedDrain) await once(socket, 'drain', { signal });
  }
}

function greeting(cookie: Buffer): Buffer {
  const name = Buffer.from('MIT-MAGIC-COOKIE-1');
  const head = [Buffer.from('l\0'), u16(11), u16(0), u16(name.length), u16(cookie.length), u16(0)];
  return Buffer.concat([...head, padded(name), padded(cookie)]);
}

interface Property {
  readonly name: number;
  readonly type: number;
  readonly format: 8 | 32;
  readonly data: Buffer;
}

function property(window: number, { name, type, format, data }: Property): Buffer {
  return request(18, 0, [u32(window), u32(name), u32(type), u32(format), u32((data.length * 8) / format), data]);
}

/** The second field of a request is its length in words. */
function request(opcode: number, detail: number, fields: readonly Buffer[]): Buffer {
  const body = padded(Buffer.concat(fields));
  return Buffer.concat([Buffer.from([opcode, detail]), u16(1 + body.length / 4), body]);
}

function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
}

function u16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function reader(socket: Duplex): (count: number) => Promise<Buffer> {
  return async (count) => {
    for (;;) {
      const bytes: unknown = socket.read(count);
      if (Buffer.isBuffer(bytes)) return bytes;
      await once(socket, 'readable', { signal: AbortSignal.timeout(10_000) });
    }
  };
}
