/** Compression: long responses and files of pages, once, for clients that accept it; never streams or credentials. */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib';
import Fastify from 'fastify';
import { webFiles } from '#http/web.ts';
import { fakeApi } from '../../fakes/api.ts';

const OPENAPI = '/api/v1/openapi.json';

test('a long response is compressed as the client accepts, and has a Vary header', async () => {
  await using api = await fakeApi();
  const get = (accepted?: string) =>
    api.app.inject({ url: OPENAPI, headers: accepted === undefined ? {} : { 'accept-encoding': accepted } });
  const plain = await get();
  assert.equal(plain.headers['content-encoding'], undefined);
  const brotli = await get('gzip, deflate, br');
  assert.deepEqual([brotli.headers['content-encoding'], brotli.headers['vary']], ['br', 'accept-encoding']);
  assert.equal(brotliDecompressSync(brotli.rawPayload).toString(), plain.body);
  const gzipped = await get('gzip');
  assert.equal(gunzipSync(gzipped.rawPayload).toString(), plain.body);
  assert.ok(brotli.rawPayload.length < plain.rawPayload.length / 5);
  for (const accepted of ['identity', 'br;q=0, gzip;q=0']) {
    assert.equal((await get(accepted)).headers['content-encoding'], undefined, accepted);
  }
});

test('short responses and those with credentials are not compressed', async () => {
  await using api = await fakeApi();
  const token = await api.login('hermes');
  const headers = { 'accept-encoding': 'br', authorization: `Bearer ${token}`, 'x-deskpod': '1' };
  const who = await api.app.inject({ url: '/api/v1/session', headers });
  assert.deepEqual([who.statusCode, who.headers['content-encoding']], [200, undefined]);
  const login = await api.app.inject({
    method: 'POST',
    url: '/api/v1/session',
    headers,
    payload: { provider: 'directory', name: 'hermes', password: 'hermes' },
  });
  assert.deepEqual([login.statusCode, login.headers['content-encoding']], [200, undefined]);
});

test('a file is sent in a precompressed form, cached permanently, and each form has its own ETag', async () => {
  const root = await mkdtemp(join(tmpdir(), 'deskpod-files-'));
  const app = Fastify();
  try {
    await mkdir(join(root, 'assets'));
    const text = 'export const answer = 42;\n'.repeat(200);
    await writeFile(join(root, 'index.html'), `<!doctype html><head></head>${'x'.repeat(2000)}`);
    await writeFile(join(root, 'assets/main-1.js'), text);
    await writeFile(join(root, 'assets/main-1.js.br'), brotliCompressSync(text));
    await writeFile(join(root, 'assets/main-1.js.gz'), gzipSync(text));
    await writeFile(join(root, 'assets/font-1.woff2'), text);
    await app.register(webFiles({ root, path: '/', pages: [''] }));
    const get = (url: string, accepted: string, more = {}) =>
      app.inject({ url, headers: { 'accept-encoding': accepted, ...more } });
    const [brotli, gzipped, plain] = await Promise.all(
      ['br, gzip', 'gzip', 'identity'].map((accepted) => get('/assets/main-1.js', accepted)),
    );
    assert.deepEqual(
      [brotli, gzipped, plain].map((answer) => answer?.headers['content-encoding']),
      ['br', 'gzip', undefined],
    );
    assert.equal(brotliDecompressSync(brotli?.rawPayload ?? '').toString(), text);
    assert.equal(plain?.body, text);
    assert.equal(new Set([brotli, gzipped, plain].map((answer) => answer?.headers['etag'])).size, 3);
    for (const answer of [brotli, gzipped, plain]) {
      assert.match(String(answer?.headers['content-type']), /^(text|application)\/javascript/);
      assert.equal(answer?.headers['cache-control'], 'public, max-age=31536000, immutable');
      assert.match(String(answer?.headers['vary']), /accept-encoding/i);
    }
    const etag = String(brotli?.headers['etag']);
    assert.equal((await get('/assets/main-1.js', 'br', { 'if-none-match': etag })).statusCode, 304);
    assert.equal((await get('/assets/font-1.woff2', 'br')).headers['content-encoding'], undefined);
    assert.equal((await get('/', 'br')).headers['content-encoding'], 'br');
  } finally {
    await app.close();
    await rm(root, { recursive: true });
  }
});
