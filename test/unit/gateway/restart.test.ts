/** Keys of the page on real sockets while gateways are replaced one after the other: each arrives once, in order. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect, createServer as createTcpServer, type Server as TcpServer, type Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { z } from 'zod';
import { createGateway, type Gateway } from '#gateway/gateway.ts';
import { readExactly } from '#gateway/rfb/read.ts';
import { CloseCode, NOTES_PROTOCOL, ScreenNotice } from '#protocol/screen.ts';
import { KeyQueue, type KeySink } from '../../../web/screen/key-queue.ts';
import type { KeyItem } from '../../../web/screen/key-item.ts';
import { CLAIMS } from '../../fixtures/ticket-claims.ts';

const GREETING_BYTES = 12 + 6 + 24;

async function portOf(server: Server | TcpServer): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return z.object({ port: z.number() }).parse(server.address()).port;
}

/** A desktop that accepts any password and records pressed keysyms, from all connections. */
async function desktop(t: TestContext): Promise<{ port: number; typed: number[] }> {
  const typed: number[] = [];
  const server = createTcpServer((socket) => {
    socket.on('error', () => {});
    const signal = AbortSignal.timeout(60_000);
    const serve = async (): Promise<void> => {
      socket.write('RFB 003.008\n');
      await readExactly(socket, 12, signal);
      socket.write(Buffer.from([1, 2]));
      await readExactly(socket, 1, signal);
      socket.write(Buffer.alloc(16));
      await readExactly(socket, 16, signal);
      socket.write(Buffer.alloc(4));
      await readExactly(socket, 1, signal);
      socket.write(Buffer.alloc(24));
      for (;;) {
        const key = await readExactly(socket, 8, signal);
        if (key.readUInt8(1) === 1) typed.push(key.readUInt32BE(4));
      }
    };
    // Ends with the connection.
    serve().catch(() => socket.destroy());
  });
  const open = new Set<Socket>();
  server.on('connection', (socket) => open.add(socket));
  t.after(() => {
    server.close();
    for (const socket of open) socket.destroy();
  });
  return { port: await portOf(server), typed };
}

async function openGateway(t: TestContext, desktopPort: number): Promise<{ gateway: Gateway; port: number }> {
  const gateway = createGateway({
    tickets: { verify: async () => ({ ...CLAIMS, expiresAt: new Date() }) },
    connect: async () => connect({ port: desktopPort, host: '127.0.0.1', noDelay: true }),
    allowedOrigin: () => true,
    events: { screenConnected: () => {}, screenClosed: () => {}, clipboardTransferred: () => {}, warn: () => {} },
  });
  const server = createServer();
  server.on('upgrade', (request, socket, head) => void gateway.handleUpgrade(request, socket, head));
  t.after(async () => {
    await gateway.close();
    server.close();
  });
  return { gateway, port: await portOf(server) };
}

/** A connection of the page, without noVNC. */
class Link implements KeySink {
  readonly ws: WebSocket;
  #written = 0;
  #received: number | null = null;
  readonly ready: Promise<void>;
  readonly closed: Promise<number>;

  constructor(t: TestContext, port: number) {
    t.after(() => this.ws.terminate());
    this.ws = new WebSocket(`ws://127.0.0.1:${port}`, ['binary', 'deskpod.ticket.x', NOTES_PROTOCOL]);
    const ready = Promise.withResolvers<void>();
    this.ready = ready.promise;
    let bytes = 0;
    this.ws.on('message', (data, isBinary) => {
      if (!Buffer.isBuffer(data)) return;
      if (!isBinary) {
        const note = ScreenNotice.parse(JSON.parse(data.toString()));
        if (note.kind === 'keys') this.#received = note.received;
        return;
      }
      if (bytes === 0) this.ws.send(Buffer.from('RFB 003.008\n', 'latin1'));
      bytes += data.length;
      if (bytes < GREETING_BYTES) return;
      this.ws.send(Buffer.from([1, 1]));
      ready.resolve();
    });
    this.closed = new Promise((resolve) => this.ws.once('close', resolve));
  }

  writable = (): boolean => this.ws.readyState === WebSocket.OPEN;
  written = (): number => this.#written;
  received = (): number | null => this.#received;
  deliver(item: KeyItem): void {
    if (item.kind !== 'keysym') return;
    const message = Buffer.alloc(8);
    message.writeUInt8(4, 0);
    message.writeUInt8(item.down ? 1 : 0, 1);
    message.writeUInt32BE(item.keysym, 4);
    this.#written += 1;
    this.ws.send(message);
  }
}

test(
  'keys typed without a pause all arrive through ten gateways that stop one by one',
  { timeout: 60_000 },
  async (t) => {
    const { port, typed } = await desktop(t);
    const line = new KeyQueue({ now: () => performance.now(), dropped: () => assert.fail('keys were dropped') });
    let next = 0x0100_0000;
    const press = (): void => {
      for (const down of [true, false]) line.push({ kind: 'keysym', keysym: next, code: '', down });
      next += 1;
    };
    for (let round = 0; round < 10; round += 1) {
      const gateway = await openGateway(t, port);
      const link = new Link(t, gateway.port);
      await link.ready;
      line.connected(link);
      const closed = link.closed.then((code) => {
        line.lost(link, link.received());
        return code;
      });
      for (let index = 0; index < 200; index += 1) {
        press();
        if (index % 10 === 0) await turn();
      }
      const stopped = gateway.gateway.close();
      // Typing continues while the gateway closes the connection, and afterwards.
      while (link.ws.readyState !== WebSocket.CLOSED) {
        press();
        await turn();
      }
      for (let index = 0; index < 20; index += 1) press();
      assert.equal(await closed, CloseCode.serverStopping);
      await stopped;
    }
    const last = await openGateway(t, port);
    const link = new Link(t, last.port);
    await link.ready;
    line.connected(link);
    const all = Array.from({ length: next - 0x0100_0000 }, (_, index) => 0x0100_0000 + index);
    for (const until = performance.now() + 10_000; typed.length < all.length && performance.now() < until;)
      await turn();
    assert.deepEqual(typed, all);
  },
);
