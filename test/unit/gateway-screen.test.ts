/** A screen through the gateway, against a server that speaks RFB bytes: handshake, flow, ends. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type Duplex, duplexPair } from 'node:stream';
import { test, type TestContext } from 'node:test';
import { WebSocket } from 'ws';
import { z } from 'zod';
import type { TicketClaims } from '#domain/auth.ts';
import { createGateway, type Gateway } from '#gateway/gateway.ts';
import { readExactly } from '#gateway/rfb/read.ts';
import { vncAuthResponse } from '#gateway/rfb/vnc-auth.ts';
import { routeUpgrades } from '#gateway/upgrade.ts';
import { CloseCode } from '#protocol/screen.ts';

const PASSWORD = 'secret12';
const NAME = 'a desktop';
const CLAIMS: TicketClaims = {
  desktopId: 'hermes-0a1b2',
  userId: 'hermes',
  sessionId: 's1',
  vncPassword: PASSWORD,
  screen: null,
  uid: 'uid-1',
  rights: { screen: 'control', clipboardIn: true, clipboardOut: true },
};
/** Security type None, then ClientInit. */
const CHOICE = Buffer.from([1, 1]);
const GREETING = Buffer.from('RFB 003.008\n\x01\x01\0\0\0\0', 'latin1');
const KEY = Buffer.from([4, 1, 0, 0, 0, 0, 0, 0x61]);

function serverInit(): Buffer {
  const init = Buffer.alloc(24 + NAME.length);
  init.writeUInt16BE(1000, 0);
  init.writeUInt16BE(700, 2);
  init.writeUInt32BE(NAME.length, 20);
  init.write(NAME, 24);
  return init;
}

interface FakeOptions {
  readonly types?: readonly number[];
  readonly password?: string;
  readonly version?: string;
}

/** The server's half of an RFB handshake, as far as it gets. */
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

interface Stage {
  readonly url: string;
  readonly gateway: Gateway;
  /** The server's ends of the streams to the desktop, as they are opened. */
  readonly desktops: Duplex[];
  readonly clientInits: Promise<Buffer>[];
  readonly log: string[];
}

async function stage(
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
    gateway.close();
    routes.close();
    server.close();
  });
  return { url: `ws://127.0.0.1:${port}/api/v1/screen`, gateway, desktops, clientInits, log };
}

/** A viewer that answers the server's version with its own and collects what it is sent. */
class Probe {
  readonly ws: WebSocket;
  received = Buffer.alloc(0);
  readonly closed: Promise<{ code: number; reason: string }>;

  constructor(url: string, version = 'RFB 003.008\n') {
    this.ws = new WebSocket(url, ['binary', 'deskpod.ticket.x'], { perMessageDeflate: false });
    this.ws.on('message', (data) => {
      if (Buffer.isBuffer(data)) this.received = Buffer.concat([this.received, data]);
    });
    this.ws.once('message', () => this.ws.send(Buffer.from(version, 'latin1')));
    this.ws.on('error', () => {});
    this.closed = new Promise((resolve) => {
      this.ws.once('close', (code, reason) => resolve({ code, reason: reason.toString() }));
    });
  }

  async until(bytes: number): Promise<Buffer> {
    while (this.received.length < bytes) await once(this.ws, 'message', { signal: AbortSignal.timeout(5000) });
    return this.received;
  }
}

const READY = GREETING.length + serverInit().length;

test('the response to a challenge is the one that VNC servers compute', () => {
  const challenge = Buffer.from('000102030405060708090a0b0c0d0e0f', 'hex');
  assert.equal(vncAuthResponse('password', challenge).toString('hex'), 'b866924125c8eebb9debc1db61c538e2');
  assert.deepEqual(vncAuthResponse('password and more', challenge), vncAuthResponse('password', challenge));
});

test('a viewer is greeted without a password and gets the size of the screen with the answer to its version', async (t) => {
  const { url, clientInits, log } = await stage(t);
  const probe = new Probe(url);
  assert.deepEqual(await probe.until(READY), Buffer.concat([GREETING, serverInit()]));
  assert.equal(probe.ws.protocol, 'binary');
  assert.deepEqual(await clientInits[0], Buffer.from([1]), 'shared with other viewers');
  assert.ok(!probe.received.includes(PASSWORD));
  assert.deepEqual(log, ['connected hermes hermes-0a1b2']);
});

test('bytes pass both ways, and the greeting of the viewer stays at the gateway', async (t) => {
  const { url, desktops } = await stage(t);
  const probe = new Probe(url);
  await probe.until(READY);
  probe.ws.send(CHOICE.subarray(0, 1));
  probe.ws.send(Buffer.concat([CHOICE.subarray(1), KEY]));
  const [desktop] = desktops;
  assert.ok(desktop);
  assert.deepEqual(await readExactly(desktop, KEY.length, AbortSignal.timeout(5000)), KEY);
  desktop.write('pixels');
  assert.equal((await probe.until(READY + 6)).subarray(READY).toString(), 'pixels');
});

test('a slow viewer holds the desktop back instead of filling the memory of the server, and misses nothing', async (t) => {
  const { url, desktops } = await stage(t);
  const probe = new Probe(url);
  await probe.until(READY);
  const [desktop] = desktops;
  assert.ok(desktop);
  probe.ws.pause();
  const chunk = Buffer.alloc(64 * 1024, 7);
  let sent = 0;
  // Socket buffers of the kernel take some megabytes; then it must stop.
  while (sent < 64 * 1024 * 1024 && desktop.writableLength < 1024 * 1024) {
    desktop.write(chunk);
    sent += chunk.length;
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.ok(sent < 64 * 1024 * 1024, 'the desktop was never held back');
  probe.ws.removeAllListeners('message');
  let got = 0;
  const all = new Promise<void>((resolve) => {
    probe.ws.on('message', (data) => {
      got += Buffer.isBuffer(data) ? data.length : 0;
      if (got >= sent) resolve();
    });
  });
  probe.ws.resume();
  await all;
  assert.equal(got, sent);
});

test('a desktop that does not read holds the viewer back, and gets everything in the end', async (t) => {
  const { url, desktops } = await stage(t);
  const probe = new Probe(url);
  await probe.until(READY);
  const [desktop] = desktops;
  assert.ok(desktop);
  probe.ws.send(CHOICE);
  const text = Buffer.alloc(8 + 1024 * 1024, 0x61);
  text.writeUInt32BE(0x06000000, 0);
  text.writeUInt32BE(1024 * 1024, 4);
  for (let index = 0; index < 20; index++) probe.ws.send(text);
  probe.ws.send(KEY);
  let got = 0;
  desktop.on('data', (part: Buffer) => (got += part.length));
  while (got < 20 * text.length + KEY.length) await once(desktop, 'data', { signal: AbortSignal.timeout(10_000) });
  assert.equal(got, 20 * text.length + KEY.length);
});

test('a server that wants no password, is busy, or refuses it is 503 before the upgrade', async (t) => {
  for (const options of [{ types: [1] }, { types: [] }, { password: 'other' }, { version: 'HTTP/1.1 400\n' }]) {
    const { url, log } = await stage(t, options);
    const probe = new Probe(url);
    const [, response] = await once(probe.ws, 'unexpected-response');
    assert.equal(z.object({ statusCode: z.number() }).parse(response).statusCode, 503);
    assert.match(log[0] ?? '', /screen refused/);
    probe.ws.terminate();
  }
});

test('a viewer gets nothing but a version until it has sent its own', async (t) => {
  const { url } = await stage(t);
  const ws = new WebSocket(url, ['binary', 'deskpod.ticket.x'], { perMessageDeflate: false });
  const [first] = await once(ws, 'message', { signal: AbortSignal.timeout(5000) });
  assert.deepEqual(first, Buffer.from('RFB 003.008\n', 'latin1'));
  ws.terminate();
});

test('a viewer that answers in another version, sends text or nonsense is closed with the reason', async (t) => {
  const { url } = await stage(t);
  const checkClosed = async (probe: Probe): Promise<void> => {
    const { code, reason } = await probe.closed;
    assert.equal(code, CloseCode.protocol);
    assert.notEqual(reason, '');
  };
  await checkClosed(new Probe(url, 'RFB 003.003\n'));
  for (const message of [Buffer.from([2, 1]), 'text', Buffer.concat([CHOICE, Buffer.from([77])])]) {
    const probe = new Probe(url);
    await probe.until(READY);
    probe.ws.send(message);
    await checkClosed(probe);
  }
});

test('the end of the desktop, of the session and of the server close the viewer with codes of their own', async (t) => {
  const { url, gateway, desktops, log } = await stage(t);
  const ends: [() => void, number][] = [
    [() => desktops.at(-1)?.end(), CloseCode.screenLost],
    [() => desktops.at(-1)?.destroy(), CloseCode.screenLost],
    [() => gateway.closeSession('s1'), CloseCode.sessionEnded],
    [() => gateway.closeDesktop('hermes-0a1b2'), CloseCode.desktopGone],
    [() => gateway.close(), CloseCode.serverStopping],
  ];
  for (const [end, code] of ends) {
    const probe = new Probe(url);
    await probe.until(READY);
    end();
    assert.equal((await probe.closed).code, code);
  }
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(log.filter((line) => line.startsWith('closed')).length, ends.length);
});

test('closing one session or desktop leaves the others alone', async (t) => {
  const { url, gateway, desktops } = await stage(t);
  const probe = new Probe(url);
  await probe.until(READY);
  gateway.closeSession('s2');
  gateway.closeDesktop('leela-99999');
  desktops[0]?.write('still here');
  await probe.until(READY + 10);
});

test('a viewer that leaves ends its own connection to the desktop', async (t) => {
  const { url, desktops } = await stage(t);
  const probe = new Probe(url);
  await probe.until(READY);
  const [desktop] = desktops;
  assert.ok(desktop);
  probe.ws.close();
  desktop.resume();
  await once(desktop, 'end', { signal: AbortSignal.timeout(5000) });
});

test('a viewer that answers no ping is let go, one that does stays', async (t) => {
  const { url, log } = await stage(t, { heartbeatMs: 40 });
  const lively = new Probe(url);
  await lively.until(READY);
  const dead = new Probe(url);
  await dead.until(READY);
  dead.ws.pause();
  while (!log.some((line) => line.startsWith('closed'))) await new Promise((resolve) => setTimeout(resolve, 10));
  assert.match(log.at(-1) ?? '', /stopped answering/);
  assert.equal(lively.ws.readyState, WebSocket.OPEN);
  dead.ws.terminate();
});
