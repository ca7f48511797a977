/** A viewer that counts bytes and looks at nothing, so that it costs the same whatever is between it and the server. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import {
  NOTES_PROTOCOL,
  SCREEN_PATH,
  SCREEN_PROTOCOL,
  TICKET_PROTOCOL_PREFIX,
  WISHES_PROTOCOL,
} from '#protocol/screen.ts';
import { ENCODING } from '#gateway/rfb/encodings.ts';
import { KEY } from './relay-kinds.ts';

const WAIT_MS = 60_000;
const TEXT = 1;
const BINARY = 2;
/** The version, security type None, and ClientInit. */
const OPENING = Buffer.from('RFB 003.008\n\x01\x01', 'latin1');
const ENCODINGS = [ENCODING.tight, ENCODING.copyRect, -32 + 8, -256 + 1];
/** Until nothing of the handshake comes any more. */
const QUIET_MS = 100;

/** `deskpod`: as our page asks; `websocket`: as noVNC does; `tcp`: nothing but RFB. */
export type Door = 'deskpod' | 'websocket' | 'tcp';

export class RelayViewer implements Disposable {
  readonly #socket: Socket;
  readonly #door: Door;
  bytes = 0;

  private constructor(socket: Socket, door: Door) {
    this.#socket = socket;
    this.#door = door;
  }

  static async open(port: number, door: Door): Promise<RelayViewer> {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true });
    const viewer = new RelayViewer(socket, door);
    await once(socket, 'connect', { signal: AbortSignal.timeout(WAIT_MS) });
    if (door !== 'tcp') await upgrade(socket, door);
    socket.on('data', (chunk: Buffer) => (viewer.bytes += chunk.length));
    if (door === 'deskpod') viewer.#send(Buffer.from('{"kind":"picture","picture":"auto"}'), TEXT);
    viewer.#send(OPENING);
    viewer.#send(setEncodings());
    await viewer.#isQuiet();
    return viewer;
  }

  key(keysym: number): void {
    const message = Buffer.from([4, 1, 0, 0, 0, 0, 0, keysym]);
    this.#send(message);
  }

  /** Until something came for a key, in milliseconds. */
  async ping(): Promise<number> {
    const begun = performance.now();
    const came = once(this.#socket, 'data', { signal: AbortSignal.timeout(WAIT_MS) });
    this.key(KEY.ping);
    await came;
    return performance.now() - begun;
  }

  /** Resolves when so many more have come. */
  async receives(count: number): Promise<void> {
    const until = this.bytes + count;
    const late = AbortSignal.timeout(WAIT_MS);
    while (this.bytes < until) await once(this.#socket, 'data', { signal: late });
  }

  async #isQuiet(): Promise<void> {
    for (let before = -1; before !== this.bytes || this.bytes === 0;) {
      before = this.bytes;
      await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
    }
  }

  /** Masked with zeros, which leave the bytes as they are. */
  #send(message: Buffer, kind = BINARY): void {
    const head = this.#door === 'tcp' ? [] : [0x80 | kind, 0x80 | message.length, 0, 0, 0, 0];
    this.#socket.write(Buffer.concat([Buffer.from(head), message]));
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }
}

async function upgrade(socket: Socket, door: Door): Promise<void> {
  const protocols = [SCREEN_PROTOCOL, `${TICKET_PROTOCOL_PREFIX}x`, NOTES_PROTOCOL, WISHES_PROTOCOL];
  const request = [
    `GET ${door === 'deskpod' ? SCREEN_PATH : '/websockify'} HTTP/1.1`,
    'Host: 127.0.0.1',
    'Upgrade: websocket',
    'Connection: Upgrade',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    `Sec-WebSocket-Protocol: ${door === 'deskpod' ? protocols.join(', ') : SCREEN_PROTOCOL}`,
  ];
  socket.write(`${request.join('\r\n')}\r\n\r\n`);
  const [reply]: unknown[] = await once(socket, 'data', { signal: AbortSignal.timeout(WAIT_MS) });
  const line = String(reply).split('\r\n')[0] ?? '';
  if (!line.includes(' 101 ')) throw new Error(`no WebSocket: ${line}`);
}

function setEncodings(): Buffer {
  const list = Buffer.alloc(4 + 4 * ENCODINGS.length);
  list.writeUInt8(2, 0);
  list.writeUInt16BE(ENCODINGS.length, 2);
  ENCODINGS.forEach((encoding, index) => list.writeInt32BE(encoding, 4 + 4 * index));
  return list;
}
