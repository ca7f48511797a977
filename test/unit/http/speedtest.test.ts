/** The speed test: real bytes, limited, for logged-in users of the product's own page. Also probes and pages. */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyPluginAsync } from 'fastify';
import { healthRoutes } from '#http/health.ts';
import type { Events, LogFields } from '#events';
import { plainServer } from '#http/listen.ts';
import { buildServer } from '#http/server.ts';
import { speedTest } from '#http/speedtest.ts';
import { webFiles } from '#http/web.ts';
import { ErrorBody } from '#protocol/errors.ts';
import { DeskpodError } from '#domain/errors.ts';

async function serve(t: TestContext, ...plugins: FastifyPluginAsync[]) {
  const log: string[] = [];
  const events = {
    request: ({ user, method, path, status }: Parameters<Events['request']>[0]) =>
      void log.push(`${user} ${method} ${path} ${status}`),
    failed: (what: string, error: unknown) => void log.push(`error: ${what}: ${String(error)}`),
    warn: (what: string, { reason }: LogFields = {}) => void log.push(`warning: ${what}: ${String(reason)}`),
  };
  const { app } = await buildServer({ events, listen: plainServer, plugins, userOf: () => null });
  const address = await app.listen({ port: 0, host: '127.0.0.1' });
  t.after(() => app.close());
  return { address, app, log };
}

test('the requested number of bytes is sent, and cannot be compressed', async (t) => {
  const { address } = await serve(t, speedTest({ userOf: async () => 'fry' }));
  const answer = await fetch(`${address}/speedtest/garbage?bytes=3000001`);
  const bytes = Buffer.from(await answer.arrayBuffer());
  assert.equal(bytes.length, 3_000_001);
  assert.equal(answer.headers.get('cache-control'), 'no-store');
  assert.ok(gzipSync(bytes).length > bytes.length * 0.99);
  for (const wrong of ['', '?bytes=0', '?bytes=67108865', '?bytes=x'])
    assert.equal((await fetch(`${address}/speedtest/garbage${wrong}`)).status, 400, wrong);
});

test('uploaded bytes are counted and discarded, and a ping is empty', async (t) => {
  const { address } = await serve(t, speedTest({ userOf: async () => 'fry' }));
  const body = new Uint8Array(5_000_000);
  const sent = await fetch(`${address}/speedtest/upload`, { method: 'POST', body });
  assert.deepEqual(await sent.json(), { bytes: body.length });
  const ping = await fetch(`${address}/speedtest/ping`);
  assert.deepEqual([ping.status, ping.headers.get('cache-control'), await ping.text()], [204, 'no-store', '']);
});

test('pages of other sites cannot use it', async (t) => {
  const { app } = await serve(t, speedTest({ userOf: async () => 'fry' }));
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

test('without a session it is refused, and each user has limits of their own', async (t) => {
  const userOf = async (headers: IncomingHttpHeaders) => headers['x-user']?.toString() ?? null;
  const { app } = await serve(t, speedTest({ userOf }));
  const ask = async (method: 'GET' | 'POST', path: string, user?: string) =>
    await app.inject({ method, url: `/speedtest/${path}`, headers: user === undefined ? {} : { 'x-user': user } });
  for (const [method, path] of [
    ['GET', 'ping'],
    ['GET', 'garbage?bytes=1'],
    ['POST', 'upload'],
  ] as const) {
    const refused = await ask(method, path);
    assert.deepEqual([refused.statusCode, ErrorBody.parse(refused.json()).error.code], [401, 'not_authenticated']);
  }
  const statuses = new Set<number>();
  for (let count = 0; count < 601; count += 1) statuses.add((await ask('GET', 'ping', 'fry')).statusCode);
  assert.deepEqual([...statuses], [204, 429]);
  assert.equal((await ask('GET', 'ping', 'leela')).statusCode, 204, 'from the same address');
});

test('where there are no sessions, each address has limits', async (t) => {
  const { app } = await serve(t, speedTest({ userOf: null }));
  const ask = async (remoteAddress: string) => (await app.inject({ url: '/speedtest/ping', remoteAddress })).statusCode;
  for (let count = 0; count < 600; count += 1) await ask('192.0.2.1');
  assert.deepEqual([await ask('192.0.2.1'), await ask('192.0.2.2')], [429, 204]);
});

test('all transfers together have one rate, in both directions', async (t) => {
  const { address } = await serve(t, speedTest({ userOf: async () => 'fry', bytesPerSecond: 2_000_000 }));
  const begun = performance.now();
  const body = new Uint8Array(250_000);
  await Promise.all([
    fetch(`${address}/speedtest/garbage?bytes=250000`).then(async (answer) => await answer.arrayBuffer()),
    fetch(`${address}/speedtest/upload`, { method: 'POST', body }).then(async (answer) => await answer.json()),
  ]);
  // 500 kB take 250 ms; the last piece waits for those before it only.
  assert.ok(performance.now() - begun > 150, `${performance.now() - begun} ms`);
});

test('a user has a limited number of simultaneous transfers, and finished ones do not count', async (t) => {
  const { address } = await serve(t, speedTest({ userOf: async () => 'fry' }));
  const stop = new AbortController();
  const begin = () => fetch(`${address}/speedtest/garbage?bytes=67108864`, { signal: stop.signal });
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

test('a state that the server knows is a warning in the log, another failure an error', async (t) => {
  const { address, log } = await serve(t, async (scope) => {
    scope.get('/known', async () => {
      throw new DeskpodError('service_unavailable', 'The image is being built.');
    });
    scope.get('/unknown', async () => {
      throw new Error('broken');
    });
  });
  assert.equal((await fetch(`${address}/known`)).status, 503);
  assert.equal((await fetch(`${address}/unknown`)).status, 500);
  assert.deepEqual(
    log.filter((line) => /^(?:error|warning):/.test(line)),
    [
      'warning: GET /known: The image is being built.',
      'error: GET /unknown: DeskpodError: Something went wrong on the server.',
    ],
  );
});
