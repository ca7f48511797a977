/** A gateway in a process of its own before the HTTP side of the api role: as one server, for whoever uses it. */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { z } from 'zod';
import { loadConfig } from '#config/load.ts';
import { serve } from '#main';
import { ErrorBody } from '#protocol/errors.ts';
import { ServerEvent } from '#protocol/events.ts';
import { LoginRecord } from '#protocol/user.ts';
import { fakeApi, type FakeApi } from '../fakes/api.ts';

async function gatewayOf(t: TestContext, api: FakeApi, keys: string) {
  const { port } = new URL(await api.app.listen({ port: 0, host: '127.0.0.1' }));
  const folder = await mkdtemp(join(tmpdir(), 'deskpod-gateway-'));
  const running = await serve(
    await loadConfig({
      env: {
        DESKPOD_API_URL: `http://127.0.0.1:${port}`,
        DESKPOD_KEYS: keys,
        DESKPOD_DATA: folder,
        LOG_LEVEL: 'silent',
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

test('login, cookie, API and events through the gateway are as without it, and the api sees who really asks', async (t) => {
  await using api = await fakeApi();
  const { address } = await gatewayOf(t, api, api.folder);
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
  assert.equal(logins[0]?.address, '127.0.0.1');

  const reader = new AbortController();
  const events = await fetch(`${address}/api/v1/events`, { headers: { cookie }, signal: reader.signal });
  const stream = events.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  while (!text.includes('"type":"apps"')) text += (await stream?.read())?.value ?? '';
  const types = [...text.matchAll(/^data: (.*)$/gm)].map(([, data]) => ServerEvent.parse(JSON.parse(data ?? '')).type);
  assert.deepEqual(types, ['desktop', 'launches', 'apps']);
  reader.abort();

  // Half of it is still on its way when the answer is there.
  const body = JSON.stringify({ app: 'x'.repeat(8 * 1024 * 1024) });
  const large = await fetch(`${address}/api/v1/launches`, { method: 'POST', headers: { ...guard, cookie }, body });
  assert.deepEqual([large.status, ErrorBody.parse(await large.json()).error.code], [413, 'payload_too_large']);

  const refused = await fetch(`${address}/api/v1/nothing`, { headers: { cookie } });
  assert.equal(ErrorBody.parse(await refused.json()).error.code, 'not_found');
});

test('until its keys are there a gateway lives and is not ready, and says so to everybody', async (t) => {
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
  await rm(join(keys, 'mounted'), { recursive: true });
  await rename(api.folder, join(keys, 'mounted'));
  await mkdir(api.folder);
  await untilReady(address);
  const { version } = z
    .object({ version: z.string() })
    .parse(await (await fetch(`${address}/api/v1/login-options`)).json());
  assert.equal(version, '0.0.0');
});

test('one that stops is not ready at once and goes on answering until it is gone', async (t) => {
  await using api = await fakeApi();
  const running = await gatewayOf(t, api, api.folder);
  const { address } = running;
  await untilReady(address);
  await running.drain(AbortSignal.timeout(1_000));
  const ready = await fetch(`${address}/readyz`);
  assert.deepEqual([ready.status, await ready.text()], [503, 'this server is stopping']);
  assert.equal((await fetch(`${address}/api/v1/login-options`)).status, 200);
});

test('an api that stops ends the event streams, so that browsers listen to another replica', async (t) => {
  const stopping = new AbortController();
  await using api = await fakeApi({ stopping: stopping.signal });
  const { address } = await gatewayOf(t, api, api.folder);
  await untilReady(address);
  const headers = { authorization: `Bearer ${await api.login('fry')}` };
  const events = await fetch(`${address}/api/v1/events`, { headers });
  stopping.abort();
  assert.match(await events.text(), /"type":"desktop"/);
});
