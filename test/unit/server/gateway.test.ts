/** A gateway in its own process in front of the api role: clients see one server. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { createServer, IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { z } from 'zod';
import { loadConfig } from '#config/load.ts';
import { serve } from '#main';
import { ErrorBody } from '#protocol/errors.ts';
import { ServerEvent } from '#protocol/events.ts';
import { LoginRecord } from '#protocol/user.ts';
import { fakeApi, type FakeApi } from '../../fakes/api.ts';
import { listenOn } from '../../fakes/replicas.ts';

async function gatewayOf(t: TestContext, api: FakeApi, keys: string, more: Record<string, string> = {}) {
  const { port } = new URL(await api.app.listen({ port: 0, host: '127.0.0.1' }));
  const folder = await mkdtemp(join(tmpdir(), 'deskpod-gateway-'));
  const running = await serve(
    await loadConfig({
      env: {
        DESKPOD_API_URL: `http://127.0.0.1:${port}`,
        DESKPOD_KEYS: keys,
        DESKPOD_DATA: folder,
        LOG_LEVEL: 'silent',
        ...more,
      },
      options: { port: '0', roles: 'gateway' },
      defaultFile: null,
    }),
  );
  t.after(async () => {
    await running[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });
  return running;
}

const guard = { 'x-deskpod': '1', 'content-type': 'application/json' };

async function untilReady(address: string): Promise<void> {
  while ((await fetch(`${address}/readyz`)).status !== 200) await new Promise(setImmediate);
}

test('login, cookie, API and events work the same through the gateway, and the api sees the true client', async (t) => {
  await using api = await fakeApi();
  const { address } = await gatewayOf(t, api, api.folder, { DESKPOD_TRUSTED_PROXIES: '127.0.0.1' });
  await untilReady(address);
  const login = await fetch(`${address}/api/v1/session`, {
    method: 'POST',
    headers: { ...guard, 'x-forwarded-for': '203.0.113.9' },
    body: JSON.stringify({ provider: 'directory', name: 'Hermes Conrad', password: 'hermes' }),
  });
  assert.equal(login.status, 200);
  const cookie = login.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  const history = await fetch(`${address}/api/v1/sessions`, { headers: { cookie } });
  const { logins } = z.object({ logins: z.array(LoginRecord) }).parse(await history.json());
  assert.equal(logins[0]?.address, '203.0.113.9');

  const reader = new AbortController();
  const events = await fetch(`${address}/api/v1/events`, { headers: { cookie }, signal: reader.signal });
  const stream = events.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  while (!text.includes('"type":"apps"')) text += (await stream?.read())?.value ?? '';
  const types = [...text.matchAll(/^data: (.*)$/gm)].map(([, data]) => ServerEvent.parse(JSON.parse(data ?? '')).type);
  assert.deepEqual(types, ['desktop', 'launches', 'apps', 'clipboard']);
  reader.abort();

  // Half of it is still in flight when the response arrives.
  const body = JSON.stringify({ app: 'x'.repeat(8 * 1024 * 1024) });
  const large = await fetch(`${address}/api/v1/launches`, { method: 'POST', headers: { ...guard, cookie }, body });
  assert.deepEqual([large.status, ErrorBody.parse(await large.json()).error.code], [413, 'payload_too_large']);

  const refused = await fetch(`${address}/api/v1/nothing`, { headers: { cookie } });
  assert.equal(ErrorBody.parse(await refused.json()).error.code, 'not_found');
});

test('until its keys exist a gateway is alive but not ready, and says so to every client', async (t) => {
  await using api = await fakeApi();
  const keys = await mkdtemp(join(tmpdir(), 'deskpod-keys-'));
  t.after(() => rm(keys, { recursive: true }));
  await mkdir(join(keys, 'mounted'));
  const { address } = await gatewayOf(t, api, join(keys, 'mounted'));
  assert.equal((await fetch(`${address}/healthz`)).status, 200);
  const waiting = await fetch(`${address}/readyz`);
  assert.deepEqual([waiting.status, /waiting for keys|keys are being read/.test(await waiting.text())], [503, true]);
  const refused = await fetch(`${address}/api/v1/login-options`);
  assert.equal(refused.headers.get('retry-after'), '2');
  assert.deepEqual([refused.status, ErrorBody.parse(await refused.json()).error.code], [503, 'engine_unavailable']);
  const page = await fetch(address, { headers: { accept: 'text/html,*/*' } });
  assert.deepEqual([page.status, page.headers.get('retry-after')], [503, '2']);
  assert.match(await page.text(), /http-equiv="refresh"[^]*Deskpod is starting/);
  await rm(join(keys, 'mounted'), { recursive: true });
  await rename(api.folder, join(keys, 'mounted'));
  await mkdir(api.folder);
  await untilReady(address);
  const { version } = z
    .object({ version: z.string() })
    .parse(await (await fetch(`${address}/api/v1/login-options`)).json());
  assert.equal(version, '0.0.0');
});

test('a gateway uses the keys of the api role: new files are used once the api role does not accept the old ones', async (t) => {
  await using before = await fakeApi();
  await using after = await fakeApi();
  const keys = await mkdtemp(join(tmpdir(), 'deskpod-keys-'));
  t.after(() => rm(keys, { recursive: true }));
  await cp(before.folder, keys, { recursive: true });
  const { address } = await gatewayOf(t, before, keys);
  await untilReady(address);
  /** Whether the api role accepts this gateway. */
  const isTrusted = async (): Promise<boolean> => {
    const body = JSON.stringify({ provider: 'directory', name: 'Hermes Conrad', password: 'hermes' });
    const login = await fetch(`${address}/api/v1/session`, { method: 'POST', headers: guard, body });
    const cookie = login.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    const history = await fetch(`${address}/api/v1/sessions`, { headers: { cookie } });
    // While keys are replaced, pending requests are interrupted.
    const answer = z.object({ logins: z.array(LoginRecord) }).safeParse(await history.json());
    return answer.data?.logins[0]?.address === '127.0.0.1';
  };
  assert.equal(await isTrusted(), true);
  const { port } = z.object({ port: z.number() }).parse(before.app.server.address());
  await cp(after.folder, keys, { recursive: true });
  assert.equal(await isTrusted(), true, 'the files alone change nothing');
  await before.app.close();
  await after.app.listen({ port, host: '127.0.0.1' });
  // Within three seconds on an idle machine.
  const until = Date.now() + 15_000;
  while (!(await isTrusted().catch(() => false))) assert.ok(Date.now() < until, 'the new keys are never used');
});

test('a gateway that stops is not ready at once, and still responds until it exits', async (t) => {
  await using api = await fakeApi();
  const running = await gatewayOf(t, api, api.folder);
  const { address } = running;
  await untilReady(address);
  await running.drain(AbortSignal.timeout(1_000));
  const ready = await fetch(`${address}/readyz`);
  assert.deepEqual([ready.status, await ready.text()], [503, 'this server is stopping']);
  assert.equal((await fetch(`${address}/api/v1/login-options`)).status, 200);
});

test('an api that stops ends the event streams, so that browsers connect to another replica', async (t) => {
  const stopping = new AbortController();
  await using api = await fakeApi({ stopping: stopping.signal });
  const { address } = await gatewayOf(t, api, api.folder);
  await untilReady(address);
  const headers = { authorization: `Bearer ${await api.login('fry')}` };
  const events = await fetch(`${address}/api/v1/events`, { headers });
  stopping.abort();
  assert.match(await events.text(), /"type":"desktop"/);
});

test('through a gateway, the api knows that a proxy passed a login on that nobody trusts', async (t) => {
  await using api = await fakeApi();
  const { address } = await gatewayOf(t, api, api.folder);
  await untilReady(address);
  const logIn = async (body: object, headers: Record<string, string> = {}): Promise<number> => {
    const sent = { method: 'POST', headers: { ...guard, ...headers }, body: JSON.stringify(body) };
    return (await fetch(`${address}/api/v1/session`, sent)).status;
  };
  const demo = { provider: 'directory', name: 'hermes', password: 'hermes' };
  assert.equal(await logIn({ provider: 'anonymous' }), 200);
  assert.equal(await logIn(demo), 200);
  for (const header of [{ via: '1.1 proxy' }, { 'x-real-ip': '127.0.0.1' }, { forwarded: 'for=127.0.0.1' }]) {
    assert.equal(await logIn({ provider: 'anonymous' }, header), 401, JSON.stringify(header));
    assert.equal(await logIn(demo, header), 401, JSON.stringify(header));
  }
});

test('a gateway with configured names answers to them and to addresses alone', async (t) => {
  await using api = await fakeApi();
  const { address } = await gatewayOf(t, api, api.folder, { DESKPOD_ALLOWED_HOSTS: 'desk.example.org' });
  await untilReady(address);
  const ask = (host: string): Promise<number> => statusOf(address, '/api/v1/login-options', { host });
  assert.equal(await ask('desk.example.org'), 200);
  assert.equal(await ask('10.42.0.7:8000'), 200, 'a probe');
  assert.equal(await ask('evil.example'), 421);
});

/** `fetch` can't set `Host`. */
async function statusOf(address: string, path: string, headers: Record<string, string>): Promise<number> {
  const sent = request(new URL(path, address), { headers, agent: false }).end();
  const [answer] = z.tuple([z.instanceof(IncomingMessage)]).parse(await once(sent, 'response'));
  answer.resume();
  return answer.statusCode ?? 0;
}

test('the gateway serves files by ticket itself, with the installation’s cookie, and ends transfers with the session', async (t) => {
  const service = createServer((_request, response) => response.writeHead(200, { 'content-length': 9 }).write('x'));
  const port = await listenOn(service, '127.0.0.1');
  t.after(() => {
    service.closeAllConnections();
    service.close();
  });
  await using api = await fakeApi();
  api.engine.services = { files: { host: '127.0.0.1', port } };
  const { address } = await gatewayOf(t, api, api.folder);
  await untilReady(address);
  const login = { provider: 'directory', name: 'Hermes Conrad', password: 'hermes' };
  const post = (path: string, body: unknown, cookie = '') =>
    fetch(`${address}${path}`, { method: 'POST', headers: { ...guard, cookie }, body: JSON.stringify(body) });
  const session = (await post('/api/v1/session', login)).headers.getSetCookie()[0]?.split(';')[0] ?? '';
  await post('/api/v1/desktop', {}, session);
  await api.context.desktops.settled(AbortSignal.timeout(10_000));
  const ticket = await post('/api/v1/desktop/files', {}, session);
  const cookie = ticket.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  assert.equal((await fetch(`${address}/files/a`, { headers: { cookie: session } })).status, 401);
  const reply = await fetch(`${address}/files/a`, { headers: { cookie } });
  assert.equal(reply.status, 200);
  const broken = assert.rejects(reply.text());
  await fetch(`${address}/api/v1/session`, { method: 'DELETE', headers: { ...guard, cookie: session }, body: '{}' });
  await broken;
  assert.equal((await fetch(`${address}/files/a`, { headers: { cookie } })).status, 401);
});
