/** A gateway with a desktop that sends RFB bytes, and viewers of it. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type Duplex, duplexPair } from 'node:stream';
import { type TestContext } from 'node:test';
import { WebSocket } from 'ws';
import { z } from 'zod';
import { createGateway, type Gateway } from '#gateway/gateway.ts';
import { readExactly } from '#gateway/rfb/read.ts';
import { vncAuthResponse } from '#gateway/rfb/vnc-auth.ts';
import { routeUpgrades } from '#gateway/upgrade.ts';
import { ScreenNotice } from '#protocol/screen.ts';
import { CLAIMS } from '../fixtures/ticket-claims.ts';

export const PASSWORD = CLAIMS.vncPassword;
export const NAME = 'a desktop';
/** Security type None, then ClientInit. */
export const CHOICE = Buffer.from([1, 1]);
export const GREETING = Buffer.from('RFB 003.008\n\x01\x01\0\0\0\0', 'latin1');
export const KEY = Buffer.from([4, 1, 0, 0, 0, 0, 0, 0x61]);

export const READY = GREETING.length + serverInit().length;

export function serverInit(): Buffer {
  const init = Buffer.alloc(24 + NAME.length);
  init.writeUInt16BE(1000, 0);
  init.writeUInt16BE(700, 2);
  init.writeUInt32BE(NAME.length, 20);
  init.write(NAME, 24);
  return init;
}

export interface FakeOptions {
  readonly types?: readonly number[];
  readonly password?: string;
  readonly version?: string;
}

/** The server's part of an RFB handshake, as far as it proceeds. */
async function playServer(stream: Duplex, options: FakeOptions): Promise<Buffer> {
  const signal = AbortSignal.timeout(5000);
  const { types = [2], password = PASSWORD, version = 'RFB 003.008\n' } = options;
  stream.write(version);
  await readExactly(stream, 12, signal);
  stream.write(Buffer.from([types.length, ...types]));
  if (types.length === 0) {
    stream.write(Buffer.concat([Buffer.from([0, 0, 0, 4]), Buffer.from('busy')]));
    return Buffer.alloc(0);
  }
  await readExactly(stream, 1, signal);
  const challenge = randomBytes(16);
  stream.write(challenge);
  const answer = await readExactly(stream, 16, signal);
  if (!answer.equals(vncAuthResponse(password, challenge))) {
    stream.write(Buffer.concat([Buffer.from([0, 0, 0, 1, 0, 0, 0, 5]), Buffer.from('wrong')]));
    return Buffer.alloc(0);
  }
  stream.write(Buffer.alloc(4));
  const clientInit = await readExactly(stream, 1, signal);
  stream.write(serverInit());
  return clientInit;
}

export interface Stage {
  readonly url: string;
  readonly gateway: Gateway;
  /** The server's ends of the streams to the desktop, in order of opening. */
  readonly desktops: Duplex[];
  readonly clientInits: Promise<Buffer>[];
  readonly log: string[];
}

export async function stage(
  t: TestContext,
  options: FakeOptions & { heartbeatMs?: number; highWaterMark?: number } = {},
): Promise<Stage> {
  const desktops: Duplex[] = [];
  const clientInits: Promise<Buffer>[] = [];
  const log: string[] = [];
  const gateway = createGateway({
    tickets: { verify: async () => ({ ...CLAIMS, expiresAt: new Date() }) },
    connect: async () => {
      const [ours, theirs] = duplexPair();
      desktops.push(theirs);
      theirs.on('error', () => {});
      clientInits.push(playServer(theirs, options));
      clientInits.at(-1)?.catch(() => {});
      return ours;
    },
    allowedOrigin: () => true,
    events: {
      screenConnected: (user, desktop) => log.push(`connected ${user} ${desktop}`),
      screenClosed: (_user, _desktop, bytes, _ms, reason) => log.push(`closed ${bytes} ${reason}`),
      clipboardTransferred: ({ direction, bytes }) => log.push(`text ${direction} ${bytes}`),
      warn: (message, about) => log.push(`${message} ${JSON.stringify(about)}`),
    },
    ...(options.heartbeatMs === undefined ? {} : { heartbeatMs: options.heartbeatMs }),
  });
  const server = createServer();
  const routes = routeUpgrades(server, [{ path: '/api/v1/screen', handle: gateway.handleUpgrade.bind(gateway) }]);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = z.object({ port: z.number() }).parse(server.address());
  t.after(() => {
    void gateway.close();
    routes.close();
    server.close();
  });
  return { url: `ws://127.0.0.1:${port}/api/v1/screen`, gateway, desktops, clientInits, log };
}

/** A viewer that responds with its own version and collects what it receives. */
export class Probe {
  readonly ws: WebSocket;
  received = Buffer.alloc(0);
  readonly notes: ScreenNotice[] = [];
  readonly closed: Promise<{ code: number; reason: string }>;

  constructor(url: string, version = 'RFB 003.008\n', more: readonly string[] = []) {
    this.ws = new WebSocket(url, ['binary', 'deskpod.ticket.x', ...more], { perMessageDeflate: false });
    this.ws.on('message', (data, isBinary) => {
      if (!Buffer.isBuffer(data)) return;
      if (isBinary) this.received = Buffer.concat([this.received, data]);
      else this.notes.push(ScreenNotice.parse(JSON.parse(data.toString())));
    });
    this.ws.once('message', () => this.ws.send(Buffer.from(version, 'latin1')));
    this.ws.on('error', () => {});
    this.closed = new Promise((resolve) => {
      this.ws.once('close', (code, reason) => resolve({ code, reason: reason.toString() }));
    });
  }

  /** A viewer that accepts notes, after the handshake. */
  static async withNotes(url: string): Promise<Probe> {
    const probe = new Probe(url, 'RFB 003.008\n', ['deskpod.notes']);
    await probe.until(READY);
    probe.ws.send(CHOICE);
    return probe;
  }

  async until(bytes: number): Promise<Buffer> {
    while (this.received.length < bytes) await once(this.ws, 'message', { signal: AbortSignal.timeout(5000) });
    return this.received;
  }
}
