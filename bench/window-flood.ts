/** An X client whose many windows change titles and icons without end. It speaks the few requests that this takes itself. */
import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { setInterval } from 'node:timers/promises';
import { u16, u32, XClient } from '../test/fixtures/x-client.ts';

const WINDOWS = 400;
const EVERY_MS = 100;
/** Of each five changes of the titles. */
const ICON_TURNS = 5;
const EDGE = 48;
const WM_NAME = 39;
const STRING = 31;
const CARDINAL = 6;
const OPCODE = { createWindow: 1, map: 8, internAtom: 16, changeProperty: 18 };

/** Opens the windows and changes them until the signal aborts. `cookie` has 32 hexadecimal digits. */
export async function floodWindows(socket: Duplex, cookie: string, signal: AbortSignal): Promise<void> {
  const client = await XClient.connect(socket, cookie);
  client.request(OPCODE.internAtom, 0, [u16(12), u16(0), Buffer.from('_NET_WM_ICON')]);
  const icon = (await client.reply()).readUInt32LE(8);
  const windows = Array.from({ length: WINDOWS }, () => client.newId());
  for (const window of windows) {
    const place = [u16(10), u16(10), u16(120), u16(80), u16(0), u16(0), u32(0), u32(0)];
    client.request(OPCODE.createWindow, 0, [u32(window), u32(client.root), ...place]);
    change(client, window, { name: WM_NAME, type: STRING, format: 8, data: Buffer.from('flood') });
    client.request(OPCODE.map, 0, [u32(window)]);
  }
  socket.resume();
  let turn = 0;
  for await (const _ of setInterval(EVERY_MS, null, { signal })) {
    turn += 1;
    for (const [index, window] of windows.entries()) {
      const title = Buffer.from(`window ${index}, turn ${turn}`);
      change(client, window, { name: WM_NAME, type: STRING, format: 8, data: title });
      if ((index + turn) % ICON_TURNS > 0) continue;
      const data = Buffer.alloc(8 + EDGE * EDGE * 4, (index * 7 + turn * 13) % 256);
      data.writeUInt32LE(EDGE, 0);
      data.writeUInt32LE(EDGE, 4);
      change(client, window, { name: icon, type: CARDINAL, format: 32, data });
    }
    if (socket.writableNeedDrain) await once(socket, 'drain', { signal });
  }
}

interface Property {
  readonly name: number;
  readonly type: number;
  readonly format: 8 | 32;
  readonly data: Buffer;
}

function change(client: XClient, window: number, { name, type, format, data }: Property): void {
  const words = [u32(window), u32(name), u32(type), u32(format), u32((data.length * 8) / format)];
  client.request(OPCODE.changeProperty, 0, [...words, data]);
}
