/** Access checks: every refusal is an HTTP status with a reason, and every upgraded socket has an owner. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, request, type Server } from 'node:http';
import { connect as connectTcp, type AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { test, type TestContext } from 'node:test';
import { z } from 'zod';
import { DeskpodError } from '#domain/errors.ts';
import { OpenConnections } from '#domain/server/open-connections.ts';
import { createGateway, type GatewayOptions } from '#gateway/gateway.ts';
import { isFromOwnPage } from '#domain/server/authority.ts';
import { routeUpgrades } from '#gateway/upgrade.ts';
import { ErrorBody } from '#protocol/errors.ts';
import { eventually } from '../../fakes/launches.ts';
import { LIMITS } from '../../fixtures/limits.ts';
import { CLAIMS } from '../../fixtures/ticket-claims.ts';

function refusing(): Promise<Duplex> {
  return Promise.reject(new Error('not reached'));
}

async function serve(t: TestContext, more: Partial<GatewayOptions> = {}): Promise<number> {
  return (await served(t, more)).port;
}

async function served(t: TestContext, more: Partial<GatewayOptions>) {
  const gateway = createGateway({
    tickets: { verify: async (token) => (token === 'good' ? { ...CLAIMS, expiresAt: new Date() } : null) },
    connect: refusing,
    allowedOrigin: isFromOwnPage,
    events: { screenConnected: () => {}, screenClosed: () => {}, clipboardTransferred: () => {}, warn: () => {} },
    ...more,
  });
  const server = createServer();
  const handle = gateway.handleUpgrade.bind(gateway);
  const routes = routeUpgrades(server, [
    { path: '/api/v1/screen', handle },
    { path: '/websockify', handle },
    { path: '/broken', handle: () => Promise.reject(new Error('a bug')) },
  ]);
  t.after(() => {
    void gateway.close();
    routes.close();
    server.close();
  });
  return { gateway, port: await listen(server) };
}

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = z.object({ port: z.number() }).parse(server.address() satisfies AddressInfo | string | null);
  return address.port;
}

/** Requests an upgrade; returns status and parsed body of the refusal. */
async function ask(port: number, path: string, headers: Record<string, string> = {}) {
  const sent = request({
    port,
    host: '127.0.0.1',
    path,
    headers: {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
      ...headers,
    },
  });
  sent.end();
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; code: string; message: string }>();
  sent.on('error', reject);
  sent.on('upgrade', (_response, socket) => {
    socket.destroy();
    resolve({ status: 101, code: '', message: '' });
  });
  sent.on('response', (response) => {
    let text = '';
    response.setEncoding('utf8').on('data', (part: string) => (text += part));
    response.on('end', () => resolve({ status: response.statusCode ?? 0, ...ErrorBody.parse(JSON.parse(text)).error }));
  });
  return promise;
}

const TICKET = { 'sec-websocket-protocol': 'binary, deskpod.ticket.good' };

test('an unknown path is answered with 404', async (t) => {
  const answer = await ask(await serve(t), '/nowhere');
  assert.deepEqual([answer.status, answer.code], [404, 'not_found']);
});

test('a route that fails unexpectedly is answered with 500 and without internal details', async (t) => {
  const answer = await ask(await serve(t), '/broken');
  assert.equal(answer.status, 500);
  assert.doesNotMatch(answer.message, /bug/);
});

test('a missing ticket, an invalid one and one of an ended session are refused with 401', async (t) => {
  const port = await serve(t);
  const ended = await serve(t, { stillValid: () => false });
  assert.equal((await ask(port, '/api/v1/screen')).status, 401);
  assert.equal(
    (await ask(port, '/api/v1/screen', { 'sec-websocket-protocol': 'binary, deskpod.ticket.bad' })).status,
    401,
  );
  assert.equal((await ask(ended, '/api/v1/screen', TICKET)).status, 401);
});

test('a screen counts from its ticket until its socket closes, whether it opened or not; one too many gets 429', async (t) => {
  const connections = new OpenConnections({ ...LIMITS, screens: 1 });
  const count: GatewayOptions['count'] = ({ userId }) => connections.open(userId, 'screens');
  const failing = await serve(t, { count });
  assert.equal((await ask(failing, '/api/v1/screen', TICKET)).status, 503);
  await eventually(() => connections.of(CLAIMS.userId).screens === 0 || undefined);
  const opening = Promise.withResolvers<void>();
  const connect: GatewayOptions['connect'] = async (_, signal) => {
    opening.resolve();
    await once(signal, 'abort');
    throw new Error('the viewer left');
  };
  const { port, gateway } = await served(t, { count, connect });
  const left = ask(port, '/api/v1/screen', TICKET);
  await opening.promise;
  const { status, code } = await ask(port, '/api/v1/screen', TICKET);
  assert.deepEqual([status, code, connections.of(CLAIMS.userId).screens], [429, 'too_many_open', 1]);
  gateway.closeSession(CLAIMS.sessionId);
  assert.equal((await left).status, 401);
  await eventually(() => connections.of(CLAIMS.userId).screens === 0 || undefined);
});

test('a ticket in the query is accepted at the compatible address only', async (t) => {
  const port = await serve(t);
  assert.equal((await ask(port, '/api/v1/screen?jwt_token=good')).status, 401);
  assert.equal((await ask(port, '/websockify?jwt_token=good')).status, 503);
  assert.equal((await ask(port, '/websockify?good')).status, 503);
  assert.equal((await ask(port, '/websockify', { ABCAuthorization: 'Bearer good' })).status, 503);
});

test('another origin is refused with 403 despite a valid ticket; the same origin and no origin are accepted', async (t) => {
  const port = await serve(t);
  const own = { origin: `http://127.0.0.1:${port}` };
  assert.equal((await ask(port, '/api/v1/screen', { ...TICKET, origin: 'https://evil.example' })).status, 403);
  assert.equal((await ask(port, '/api/v1/screen', { ...TICKET, origin: 'null' })).status, 403);
  assert.equal((await ask(port, '/api/v1/screen', { ...TICKET, ...own })).status, 503);
});

test('a ticket without permission for the screen is refused with 403', async (t) => {
  const rights = { screen: 'none', clipboardIn: true, clipboardOut: true } as const;
  const port = await serve(t, { tickets: { verify: async () => ({ ...CLAIMS, rights, expiresAt: new Date() }) } });
  assert.equal((await ask(port, '/api/v1/screen', TICKET)).status, 403);
});

test('a missing desktop is 404, and an engine failure is 503', async (t) => {
  const gone = await serve(t, { connect: () => Promise.reject(new DeskpodError('not_found', 'No such desktop.')) });
  const down = await serve(t, {
    connect: () => Promise.reject(new DeskpodError('engine_unavailable', 'Podman is down.')),
  });
  assert.equal((await ask(gone, '/api/v1/screen', TICKET)).status, 404);
  assert.equal((await ask(down, '/api/v1/screen', TICKET)).status, 503);
});

test('a socket that breaks right after its request does no harm', async (t) => {
  const port = await serve(t);
  const socket = connectTcp(port, '127.0.0.1');
  socket.write('GET /api/v1/screen HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
  socket.resetAndDestroy();
  assert.equal((await ask(port, '/nowhere')).status, 404);
});

test('logging out while a screen is being opened refuses it and ends the wait for the engine', async (t) => {
  const waiting = Promise.withResolvers<AbortSignal>();
  const options: Partial<GatewayOptions> = {
    connect: (_claims, signal) => {
      waiting.resolve(signal);
      return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))));
    },
  };
  const gateway = createGateway({
    tickets: { verify: async () => ({ ...CLAIMS, expiresAt: new Date() }) },
    connect: options.connect ?? refusing,
    allowedOrigin: () => true,
    events: { screenConnected: () => {}, screenClosed: () => {}, clipboardTransferred: () => {}, warn: () => {} },
  });
  const server = createServer();
  const routes = routeUpgrades(server, [{ path: '/s', handle: gateway.handleUpgrade.bind(gateway) }]);
  t.after(() => {
    void gateway.close();
    routes.close();
    server.close();
  });
  const answer = ask(await listen(server), '/s', TICKET);
  await waiting.promise;
  gateway.closeSession('another');
  gateway.closeSession('s1');
  assert.equal((await answer).status, 401);
});
