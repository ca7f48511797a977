/** The scripts of a cluster's speed test, as its web server runs them. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { needsLinux } from '../../fixtures/machine.ts';

const LINUX = needsLinux();

const FOLDER = resolve(import.meta.dirname, '../../../images/speedtest');

/** Status, headers and body of a script's response. */
function answer(script: string, env: Readonly<Record<string, string>>, input = Buffer.alloc(0)) {
  const { stdout } = spawnSync(join(FOLDER, script), {
    env: { PATH: '/usr/bin:/bin', ...env },
    input,
    maxBuffer: 2 ** 24,
    timeout: 10_000,
  });
  const end = stdout.indexOf('\r\n\r\n');
  const head = stdout.subarray(0, end).toString();
  return { status: Number(/^Status: (\d+)/m.exec(head)?.[1] ?? 200), head, body: stdout.subarray(end + 4) };
}

const download = (query: string) => answer('garbage', { REQUEST_METHOD: 'GET', QUERY_STRING: query });

test('the requested number of bytes is sent, with their length, and cannot be compressed', LINUX, () => {
  const { status, head, body } = download('n=1&bytes=3000001');
  assert.deepEqual([status, body.length], [200, 3_000_001]);
  assert.match(head, /Content-Length: 3000001/);
  assert.ok(gzipSync(body).length > body.length * 0.99);
});

test('any request is a number of bytes within the limit, or refused', LINUX, () => {
  for (const wrong of [
    '',
    'bytes=',
    'bytes=0',
    'bytes=-1',
    'bytes=1e3',
    'bytes=67108865',
    'bytes=99999999999',
    'xbytes=5',
  ])
    assert.equal(download(wrong).status, 400, wrong);
  const parts = ['bytes=', '&', '0', '1', '59', ';', '$(', '`', '|', '\\', ' ', '%', '\n'];
  const text = fc.array(fc.constantFrom(...parts), { maxLength: 5 }).map((some) => some.join(''));
  fc.assert(
    fc.property(text, (query) => {
      const { status, body, head } = download(query);
      assert.ok(status === 400 || Number(/Content-Length: (\d+)/.exec(head)?.[1]) === body.length);
    }),
    { numRuns: 30 },
  );
});

test('uploaded bytes are counted and discarded, and only POST is accepted', LINUX, () => {
  const sent = answer('upload', { REQUEST_METHOD: 'POST' }, Buffer.alloc(5_000_000));
  assert.deepEqual(JSON.parse(sent.body.toString()), { bytes: 5_000_000 });
  assert.equal(answer('upload', { REQUEST_METHOD: 'GET' }).status, 405);
});

/** What the start script compares `Host` headers with; throws if the script refuses the list. */
function hostsPattern(allowed: string): RegExp {
  const script = readFileSync(join(FOLDER, 'serve-speedtest'), 'utf8')
    .replace('/srv/web/speedtest/index.html >/tmp/index.html', '/dev/null')
    .replace(/^exec lighttpd .*$/m, `printf %s "$HOSTS"`);
  const env = { PATH: '/usr/bin:/bin', DESKPOD_ALLOWED_HOSTS: allowed };
  const { status, stdout, stderr } = spawnSync('sh', ['-c', script], { env, encoding: 'utf8', timeout: 10_000 });
  assert.equal(status, 0, stderr);
  return new RegExp(stdout.replace(/^\(\?i\)/, ''), 'i');
}

test('only the allowed host names are answered, and all without a list', LINUX, () => {
  const hosts = hostsPattern('desk.example.org, *.example.com');
  for (const host of ['desk.example.org:30443', 'a.b.example.com', '192.0.2.1:80', '[2001:db8::1]:80', 'localhost'])
    assert.match(host, hosts);
  for (const host of ['evil.example', 'deskXexample.org', 'example.com', 'desk.example.org.evil.example', ''])
    assert.doesNotMatch(host, hosts);
  assert.match('evil.example', hostsPattern(''));
  assert.match('evil.example', hostsPattern('desk.example.org,*'));
  assert.throws(() => hostsPattern('a|.'), /not a list of host names/);
});
