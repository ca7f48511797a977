/** An RFB server in a process of its own that sends what its viewers' keys ask for; it draws nothing and has no screen. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { ENCODING } from '#gateway/rfb/encodings.ts';
import { ViewerMessages } from '#gateway/rfb/messages.ts';
import { readExactly } from '#gateway/rfb/read.ts';
import { compact, rectangleHead, serverInit, u16 } from '../../test/fixtures/rfb-stream.ts';
import { FLOOD_BYTES, KEY, MOVING } from './relay-kinds.ts';

const VERSION = Buffer.from('RFB 003.008\n', 'latin1');
/** Those behind a gateway that asks for the password, and those that come directly. */
const SECURITY_TYPES = Buffer.from([2, 1, 2]);
const VNC_AUTH = 2;
const BELL = Buffer.from([2]);
const SIDE = { width: 512, height: 256 };
const FLOOD_UPDATE_BYTES = 64 * 1024;
const HANDSHAKE_MS = 60_000;
const JPEG = 0x90;

const large = update(FLOOD_UPDATE_BYTES);
const small = update(MOVING.bytes);

const server = createServer({ noDelay: true }, (socket) => {
  socket.on('error', () => socket.destroy());
  serve(socket).catch(() => socket.destroy());
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const bound = server.address();
if (bound !== null && typeof bound === 'object') console.log(JSON.stringify({ port: bound.port }));

async function serve(socket: Socket): Promise<void> {
  const read = (bytes: number): Promise<Buffer> => readExactly(socket, bytes, AbortSignal.timeout(HANDSHAKE_MS));
  socket.write(VERSION);
  await read(VERSION.length);
  socket.write(SECURITY_TYPES);
  const [type] = await read(1);
  if (type === VNC_AUTH) {
    socket.write(randomBytes(16));
    await read(16);
  }
  socket.write(Buffer.alloc(4));
  await read(1);
  socket.write(serverInit(SIDE.width, SIDE.height));
  const messages = new ViewerMessages();
  messages.push(Buffer.concat([VERSION, Buffer.from([1, 1])]));
  socket.on('data', (chunk: Buffer) => {
    for (const { kind, bytes } of messages.push(chunk)) if (kind === 'key') answer(socket, bytes.readUInt32BE(4));
  });
}

function answer(socket: Socket, key: number): void {
  if (key === KEY.ping) socket.write(BELL);
  if (key === KEY.flood) flood(socket, Math.ceil(FLOOD_BYTES / large.length));
  if (key !== KEY.moving) return;
  const timer = setInterval(() => {
    if (socket.writableNeedDrain) return;
    socket.write(small);
  }, 1000 / MOVING.perSecond);
  socket.once('close', () => clearInterval(timer));
}

function flood(socket: Socket, updates: number): void {
  for (let left = updates; left > 0; left -= 1) {
    if (!socket.write(large)) return void socket.once('drain', () => flood(socket, left - 1));
  }
}

/** One rectangle that is a JPEG picture (Tight), for those that look at nothing but its length. */
function update(bytes: number): Buffer {
  const head = rectangleHead(0, 0, SIDE.width, SIDE.height, ENCODING.tight);
  const data = [Buffer.from([JPEG, ...compact(bytes)]), randomBytes(bytes)];
  return Buffer.concat([Buffer.from([0, 0, ...u16(1)]), head, ...data]);
}
