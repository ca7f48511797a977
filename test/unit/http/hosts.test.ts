/** A page under a foreign name that points to this server gets nothing from it, whatever it asks for. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, before, suite, test } from 'node:test';
import { createEvents } from '#events';
import { hostPolicy } from '#domain/server/hosts.ts';
import { routeUpgrades } from '#gateway/upgrade.ts';
import { apiRoutes } from '#http/api.ts';
import { healthRoutes } from '#http/health.ts';
import { plainServer } from '#http/listen.ts';
import { managerRoutes } from '#http/manager/routes.ts';
import { buildServer } from '#http/server.ts';
import { speedTest } from '#http/speedtest.ts';
import { applyTrustedProxies, checkHost, createTrustedProxies } from '#http/trusted-proxies.ts';
import { managerDeps } from '#server/manager.ts';
import { fakeApi } from '../../fakes/api.ts';
import { OPEN } from '../../fakes/manager.ts';

const PATHS = [
  '/',
  '/nowhere',
  '/healthz',
  '/api/v1/login-options',
  '/API/manager/image',
  '/API/version',
  '/speedtest/ping',
];
const UPGRADE = [
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
];

suite('a foreign host name', () => {
  const stack = new AsyncDisposableStack();
  const upgraded: string[] = [];
  let port: number;

  before(async () => {
    const { context } = stack.use(await fakeApi());
    const { app, listening } = await buildServer({
      events: createEvents({ level: 'silent', format: 'json' }),
      listen: plainServer,
      plugins: [
        managerRoutes(managerDeps(context, OPEN, { date: '', commit: '', version: '' })),
        apiRoutes(context),
        healthRoutes([]),
        speedTest({ userOf: null }),
      ],
      userOf: () => null,
    });
    const hosts = hostPolicy(['desk.example.org'], () => {});
    const options = { trustedProxies: ['127.0.0.2'], gatewayToken: null, path: '/', hosts };
    applyTrustedProxies(listening.servers, createTrustedProxies(options));
    const handle = async (_request: unknown, socket: { destroy(): unknown }): Promise<void> => {
      upgraded.push('yes');
      socket.destroy();
    };
    for (const server of listening.servers) routeUpgrades(server, [{ path: '/s', handle }], { check: checkHost });
    port = Number(new URL(await app.listen({ port: 0, host: '127.0.0.1' })).port);
    stack.defer(() => app.close());
  });
  after(() => stack.disposeAsync());

  async function ask(path: string, host: string, more: readonly string[] = [], localAddress = '127.0.0.1') {
    const socket = connect({ port, host: '127.0.0.1', localAddress });
    const closes = more.length === 0 || !more.includes('Upgrade: websocket') ? ['Connection: close'] : [];
    socket.write([`GET ${path} HTTP/1.1`, `Host: ${host}`, ...closes, ...more, '', ''].join('\r\n'));
    let text = '';
    socket.setEncoding('utf8').on('data', (part: string) => (text += part));
    socket.on('error', () => {});
    await once(socket, 'close', { signal: AbortSignal.timeout(10_000) });
    return { status: Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1] ?? 0), text };
  }

  test('is refused for every path, with the setting that would allow it', async () => {
    for (const path of PATHS) {
      const { status, text } = await ask(path, 'evil.example:30443');
      assert.equal(status, 421, path);
      assert.match(text, /evil\.example:30443.*listen\.allowedHosts/s, path);
      assert.notEqual((await ask(path, 'desk.example.org')).status, 421, path);
      assert.notEqual((await ask(path, 'localhost')).status, 421, path);
    }
  });

  test('gets a page in a browser, in which nothing of the name is markup', async () => {
    const { status, text } = await ask('/', "evil.example'<b>", ['Accept: text/html,*/*']);
    assert.equal(status, 421);
    assert.match(text, /content-type: text\/html.*<h1>.*listen\.allowedHosts/is);
    assert.doesNotMatch(text, /<b>/);
  });

  test('opens no WebSocket', async () => {
    assert.equal((await ask('/s', 'evil.example', UPGRADE)).status, 421);
    assert.equal((await ask('/nowhere', 'evil.example', UPGRADE)).status, 421);
    assert.deepEqual(upgraded, []);
    await ask('/s', 'localhost', UPGRADE);
    assert.deepEqual(upgraded, ['yes']);
  });

  test('comes through a trusted proxy, which knows its names; without its headers it is the peer’s own', async () => {
    const proxied = ['X-Forwarded-For: 203.0.113.9', 'X-Forwarded-Host: public.example'];
    assert.equal((await ask('/healthz', 'internal:8080', proxied, '127.0.0.2')).status, 200);
    assert.equal((await ask('/healthz', 'internal:8080', [], '127.0.0.2')).status, 421);
    assert.equal((await ask('/healthz', 'internal:8080', proxied, '127.0.0.1')).status, 421);
  });

  test('with forged headers of a trusted proxy on this machine, it is nobody who may use the manager API', async () => {
    const forged = ['X-Forwarded-For: 127.0.0.1', 'X-Forwarded-Host: localhost'];
    const { status } = await ask('/API/manager/image', 'evil.example', forged, '127.0.0.2');
    assert.equal(status, 403);
  });
});
