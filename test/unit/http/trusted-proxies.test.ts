/** The true client of a request: determined on arrival, and used by all routes. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test, type TestContext } from 'node:test';
import { z } from 'zod';
import { ANY_HOST, hostPolicy } from '#domain/server/hosts.ts';
import { createTrustedProxies, type ProxyOptions, applyTrustedProxies } from '#http/trusted-proxies.ts';
import { listenOn } from '../../fakes/replicas.ts';

const Seen = z.object({ url: z.string(), headers: z.record(z.string(), z.string()) });
const CLOSED: ProxyOptions = { trustedProxies: [], gatewayToken: null, path: '/', hosts: ANY_HOST };

/** What the routes see. */
async function behind(t: TestContext, options: Partial<ProxyOptions>) {
  const server = createServer((request, response) => {
    response.end(JSON.stringify({ url: request.url, headers: request.headers }));
  });
  applyTrustedProxies([server], createTrustedProxies({ ...CLOSED, ...options }));
  const port = await listenOn(server, '127.0.0.1');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return async (headers: Record<string, string> = {}, path = '/api/v1/x') =>
    Seen.parse(await (await fetch(`http://127.0.0.1:${port}${path}`, { headers })).json());
}

test('forwarded headers of an untrusted client are removed, and their presence is recorded', async (t) => {
  const send = await behind(t, {});
  const plain = (await send()).headers;
  assert.equal(plain['x-forwarded-for'], '127.0.0.1');
  assert.equal(plain['x-deskpod-unknown-client'], undefined);
  const { headers } = await send({
    'x-forwarded-for': '10.0.0.1',
    'x-forwarded-proto': 'https',
    'x-forwarded-host': 'evil.example',
    'x-forwarded-port': '1',
    'x-real-ip': '10.0.0.1',
    forwarded: 'for=10.0.0.1',
    'x-deskpod-gateway': 'x',
  });
  const told = Object.entries(headers).filter(([name]) => /forwarded|real-ip|deskpod/.test(name));
  assert.deepEqual(Object.fromEntries(told), {
    'x-forwarded-for': '127.0.0.1',
    'x-forwarded-proto': 'http',
    'x-forwarded-host': plain['host'],
    'x-deskpod-unknown-client': 'listen.trustedProxies',
  });
});

test('a trusted proxy determines the client, the scheme and the host name', async (t) => {
  const send = await behind(t, { trustedProxies: ['127.0.0.0/8', '10.9.0.0/16'] });
  const { headers } = await send({
    'x-forwarded-for': '1.1.1.1, 203.0.113.5, 10.9.1.1',
    'x-forwarded-proto': 'https',
    'x-forwarded-host': 'desk.example:8443',
  });
  assert.equal(
    headers['x-forwarded-for'],
    '203.0.113.5',
    'the last address that is not a proxy; earlier ones may be forged',
  );
  assert.equal(headers['x-forwarded-proto'], 'https');
  assert.equal(headers['host'], 'desk.example:8443');
});

test('a gateway of Deskpod is trusted only with its token', async (t) => {
  const send = await behind(t, { gatewayToken: 'right' });
  const claims = { 'x-forwarded-for': '203.0.113.5', 'x-forwarded-proto': 'https', 'x-forwarded-host': 'desk.example' };
  const believed = (await send({ ...claims, 'x-deskpod-gateway': 'right' })).headers;
  assert.deepEqual(
    [believed['x-forwarded-for'], believed['x-forwarded-proto'], believed['host'], believed['x-deskpod-gateway']],
    ['203.0.113.5', 'https', 'desk.example', undefined],
  );
  const refused = (await send({ ...claims, 'x-deskpod-gateway': 'wrong' })).headers;
  assert.equal(refused['x-forwarded-for'], '127.0.0.1');
  assert.equal(refused['x-deskpod-unknown-client'], 'listen.trustedProxies');
});

test('below a base path, requests work with it and without it', async (t) => {
  const send = await behind(t, { path: '/desk/' });
  for (const [asked, seen] of [
    ['/desk/api/v1/x?a=/desk/', '/api/v1/x?a=/desk/'],
    ['/desk/', '/'],
    ['/desk', '/desk'],
    ['/api/v1/x', '/api/v1/x'],
    ['/desktop', '/desktop'],
  ] as const)
    assert.equal((await send({}, asked)).url, seen);
});

test('any header that a proxy adds makes the client unknown, unless the proxy is trusted and says who it is', async (t) => {
  const ADDED = [{ via: '1.1 proxy' }, { 'x-real-ip': '127.0.0.1' }, { forwarded: 'for=127.0.0.1' }];
  const UNTRUSTED = [...ADDED, { 'x-forwarded-for': '127.0.0.1' }, { 'x-forwarded-host': 'localhost' }];
  const strange = await behind(t, {});
  for (const header of UNTRUSTED)
    assert.equal(
      (await strange(header)).headers['x-deskpod-unknown-client'],
      'listen.trustedProxies',
      JSON.stringify(header),
    );
  const trusted = await behind(t, { trustedProxies: ['127.0.0.1'] });
  for (const header of ADDED)
    assert.equal(
      (await trusted(header)).headers['x-deskpod-unknown-client'],
      'listen.trustedProxies',
      JSON.stringify(header),
    );
  const known = (await trusted({ via: '1.1 proxy', 'x-forwarded-for': '203.0.113.5' })).headers;
  assert.equal(known['x-deskpod-unknown-client'], undefined);
  assert.equal(known['x-forwarded-for'], '203.0.113.5');
});

test('a page has the scheme of its connection, and behind a proxy that of the proxy, as far as it says so', async (t) => {
  const hosts = hostPolicy([], () => {});
  const strange = await behind(t, { hosts });
  const scheme = async (headers: Record<string, string>) => (await strange(headers)).headers['x-deskpod-page-scheme'];
  assert.equal(await scheme({}), 'http');
  assert.equal(await scheme({ 'x-deskpod-page-scheme': 'https' }), 'http', 'nobody may say it for us');
  assert.equal(await scheme({ 'x-forwarded-proto': 'https' }), 'https');
  assert.equal(await scheme({ via: '1.1 proxy' }), undefined);
  const any = await behind(t, {});
  assert.equal((await any()).headers['x-deskpod-page-scheme'], undefined, 'any name, so any scheme');
});
