/** Who really sends a request: decided at the door, true for everybody behind it. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test, type TestContext } from 'node:test';
import { z } from 'zod';
import { createDoor, type DoorOptions, placeDoor } from '#http/door.ts';
import { listenOn } from '../fakes/replicas.ts';

const Seen = z.object({ url: z.string(), headers: z.record(z.string(), z.string()) });
const CLOSED: DoorOptions = { trustedProxies: [], gatewayToken: null, path: '/' };

/** What stands behind the door sees. */
async function behind(t: TestContext, options: Partial<DoorOptions>) {
  const server = createServer((request, response) => {
    response.end(JSON.stringify({ url: request.url, headers: request.headers }));
  });
  placeDoor([server], createDoor({ ...CLOSED, ...options }));
  const port = await listenOn(server, '127.0.0.1');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return async (headers: Record<string, string> = {}, path = '/api/v1/x') =>
    Seen.parse(await (await fetch(`http://127.0.0.1:${port}${path}`, { headers })).json());
}

test('what a stranger claims is gone, and that they claimed something is told', async (t) => {
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
    'x-deskpod-unknown-client': '1',
  });
});

test('a trusted proxy is believed: the client, the scheme and the name that it was called by', async (t) => {
  const send = await behind(t, { trustedProxies: ['127.0.0.0/8', '10.9.0.0/16'] });
  const { headers } = await send({
    'x-forwarded-for': '1.1.1.1, 203.0.113.5, 10.9.1.1',
    'x-forwarded-proto': 'https',
    'x-forwarded-host': 'desk.example:8443',
  });
  assert.equal(headers['x-forwarded-for'], '203.0.113.5', 'the last that is no proxy; what was before may be invented');
  assert.equal(headers['x-forwarded-proto'], 'https');
  assert.equal(headers['host'], 'desk.example:8443');
});

test('a gateway of ours is believed by its token alone', async (t) => {
  const send = await behind(t, { gatewayToken: 'right' });
  const claims = { 'x-forwarded-for': '203.0.113.5', 'x-forwarded-proto': 'https', 'x-forwarded-host': 'desk.example' };
  const believed = (await send({ ...claims, 'x-deskpod-gateway': 'right' })).headers;
  assert.deepEqual(
    [believed['x-forwarded-for'], believed['x-forwarded-proto'], believed['host'], believed['x-deskpod-gateway']],
    ['203.0.113.5', 'https', 'desk.example', undefined],
  );
  const refused = (await send({ ...claims, 'x-deskpod-gateway': 'wrong' })).headers;
  assert.equal(refused['x-forwarded-for'], '127.0.0.1');
  assert.equal(refused['x-deskpod-unknown-client'], '1');
});

test('below a path requests are understood with it and without it', async (t) => {
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
