/** The speed test: real bytes, limited, for the product's own page only. Also probes and pages. */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { FastifyPluginAsync } from 'fastify';
import { healthRoutes } from '#http/health.ts';
import type { Events } from '#events';
import { plainServer } from '#http/listen.ts';
import { buildServer } from '#http/server.ts';
import { speedTest } from '#http/speedtest.ts';
import { webFiles } from '#http/web.ts';
import { ErrorBody } from '#protocol/errors.ts';

async function serve(t: TestContext, ...plugins: FastifyPluginAsync[]) {
  const log: string[] = [];
  const events = {
    request: ({ user, method, path, status }: Parameters<Events['request']>[0]) =>
      void log.push(`${user} ${method} ${path} ${status}`),
    failed: () => {},
  };
  const { app } = await buildServer({ events, listen: plainServer, plugins, userOf: () => null });
  const address = await app.listen({ port: 0, host: '127.0.0.1' });
  t.after(() => app.close());
  return { address, app, log };
}

test('the requested number of bytes is sent, and cannot be compressed', async (t) => {
  const { address } = await serve(t, speedTest());
  const answer = await fetch(`${address}/speedtest/garbage?bytes=3000001`);
  const bytes = Buffer.from(await answer.arrayBuffer());
  assert.equal(bytes.length, 3_000_001);
  assert.equal(answer.headers.get('cache-control'), 'no-store');
  assert.ok(gzipSync(bytes).length > bytes.length * 0.99);
  for (const wrong of ['', '?bytes=0', '?bytes=1073741825', '?bytes=x'])
    assert.equal((await fetch(`${address}/speedtest/garbage${wrong}`)).status, 400, wrong);
});

test('uploaded bytes are counted and discarded, and a ping is empty', async (t) => {
  const { address } = await serve(t, speedTest());
  const body = new Uint8Array(5_000_000);
  const sent = await fetch(`${address}/speedtest/upload`, { method: 'POST', body });
  assert.deepEqual(await sent.json(), { bytes: body.length });
  const ping = await fetch(`${address}/speedtest/ping`);
  assert.deepEqual([ping.status, ping.headers.get('cache-control'), await ping.text()], [204, 'no-store', '']);
});

test('pages of other sites cannot use it', async (t) => {
  const { app } = await serve(t, speedTest());
  for (const headers of [
    { 'sec-fetch-site': 'cross-site' },
    { origin: 'https://evil.example', host: 'desk.example' },
  ]) {
    const reply = await app.inject({ url: '/speedtest/ping', headers });
    assert.equal(reply.statusCode, 403);
    assert.equal(reply.headers['access-control-allow-origin'], undefined);
  }
  const own = { origin: 'https://desk.example', host: 'desk.example', 'sec-fetch-site': 'same-origin' };
  assert.equal((await app.inject({ url: '/speedtest/ping', headers: own })).statusCode, 204);
});

test('one address has a limited number of simultaneous transfers, and finished ones do not count', async (t) => {
  const { address } = await serve(t, speedTest());
  const stop = new AbortController();
  const begin = () => fetch(`${address}/speedtest/garbage?bytes=1073741824`, { signal: stop.signal });
  const running = await Promise.all(Array.from({ length: 8 }, begin));
  const refused = await begin();
  assert.deepEqual([running.map(({ status }) => status).includes(429), refused.status], [false, 429]);
  assert.equal(ErrorBody.parse(await refused.json()).error.code, 'too_many_attempts');
  stop.abort();
  let again: Response;
  do again = await fetch(`${address}/speedtest/garbage?bytes=1`);
  while (again.status === 429);
  assert.equal(again.status, 200);
});

test('probes get text, and the log has one kind of them; a part that is not ready gives the reason in both', async (t) => {
  let reason: string | null = null;
  const { address, log } = await serve(
    t,
    healthRoutes([
      () => reason,
      async () => {
        if (reason !== null) throw new Error('the store does not answer');
        return null;
      },
    ]),
  );
  const ask = async (path: string) => {
    const answer = await fetch(`${address}${path}`);
    return [answer.status, await answer.text()];
  };
  assert.deepEqual(
    [await ask('/healthz'), await ask('/readyz')],
    [
      [200, 'OK'],
      [200, 'OK'],
    ],
  );
  reason = 'waiting for keys';
  assert.deepEqual(await ask('/readyz'), [503, 'waiting for keys\nthe store does not answer']);
  assert.deepEqual(await ask('/healthz'), [200, 'OK'], 'still alive');
  assert.deepEqual(log.slice(0, 2), ['anonymous GET /healthz 200', 'anonymous GET /readyz 503']);
});

test('a page learns its base path, and redirects to it with a slash', async (t) => {
  const root = await mkdtemp(join(tmpdir(), 'deskpod-web-'));
  t.after(() => rm(root, { recursive: true }));
  await mkdir(join(root, 'speedtest'));
  for (const file of ['index.html', 'speedtest/index.html'])
    await writeFile(join(root, file), '<!doctype html><html><head><title>x</title></head></html>');
  const { app } = await serve(t, webFiles({ root, path: '/desk/', pages: ['', 'speedtest'] }));
  const page = async (url: string) => {
    const { statusCode, body, headers } = await app.inject({ url });
    return statusCode === 200 ? /<base href="([^"]*)">/.exec(body)?.[1] : `${statusCode} ${headers.location}`;
  };
  assert.equal(await page('/'), '/desk/');
  assert.equal(await page('/desk'), '308 /desk/');
  assert.equal(await page('/speedtest/'), '/desk/speedtest/');
  assert.equal(await page('/speedtest'), '308 /desk/speedtest/');
  assert.equal(await page('/index.html'), '308 /desk/');
});
