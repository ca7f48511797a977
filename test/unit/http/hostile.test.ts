/** Hostile requests on real sockets get a 4xx status with a reason, and never cause a server error. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import fc from 'fast-check';
import { ANY_HOST } from '#domain/server/hosts.ts';
import { createEvents } from '#events';
import { apiRoutes } from '#http/api.ts';
import { createTrustedProxies, applyTrustedProxies } from '#http/trusted-proxies.ts';
import { healthRoutes } from '#http/health.ts';
import { plainServer } from '#http/listen.ts';
import { managerRoutes } from '#http/manager/routes.ts';
import { buildServer } from '#http/server.ts';
import { speedTest } from '#http/speedtest.ts';
import { webFiles } from '#http/web.ts';
import { ErrorBody } from '#protocol/errors.ts';
import { managerDeps } from '#server/manager.ts';
import { fakeApi, type FakeApi } from '../../fakes/api.ts';

interface Answer {
  readonly status: number;
  readonly headers: string;
  readonly body: string;
}

suite('hostile requests', () => {
  let api: FakeApi;
  let port: number;
  let folder: string;
  const failures: string[] = [];
  const stack = new AsyncDisposableStack();

  before(async () => {
    api = stack.use(await fakeApi());
    folder = await mkdtemp(join(tmpdir(), 'deskpod-web-'));
    await mkdir(join(folder, 'assets'));
    await mkdir(join(folder, 'speedtest'));
    for (const page of ['index.html', 'speedtest/index.html'])
      await writeFile(join(folder, page), '<!doctype html><head></head>page');
    await writeFile(join(folder, 'assets/main-abc123.js'), 'x'.repeat(5000));
    const events = createEvents({ level: 'silent', format: 'json' });
    const path = '/desk/';
    const { app, listening } = await buildServer({
      events: { ...events, failed: (what, error) => void failures.push(`${what}: ${String(error)}`) },
      listen: plainServer,
      plugins: [
        managerRoutes(
          managerDeps(
            api.context,
            {
              enabled: true,
              keys: ['a-key-of-the-test-only'],
              permitNetworks: ['127.0.0.1', '::1'],
              owners: null,
              onlyNetworks: null,
              isPod: async () => false,
              keyCommand: null,
            },
            { date: '', commit: '', version: '' },
          ),
        ),
        apiRoutes(api.context),
        healthRoutes([]),
        speedTest({ userOf: null }),
        webFiles({ root: folder, path, pages: ['', 'speedtest'] }),
      ],
      userOf: () => null,
    });
    applyTrustedProxies(
      listening.servers,
      createTrustedProxies({ trustedProxies: [], gatewayToken: null, path, hosts: ANY_HOST }),
    );
    port = Number(new URL(await app.listen({ port: 0, host: '127.0.0.1' })).port);
    stack.defer(() => app.close());
    stack.defer(() => rm(folder, { recursive: true }));
  });
  after(() => stack.disposeAsync());

  /** Sends raw bytes and reads until the server closes the connection. */
  async function raw(head: string): Promise<Answer> {
    const socket = connect(port, '127.0.0.1');
    socket.write(head, 'latin1');
    let text = '';
    socket.setEncoding('utf8').on('data', (part: string) => (text += part));
    socket.on('error', () => {});
    await once(socket, 'close', { signal: AbortSignal.timeout(10_000) });
    const [headers = '', ...body] = text.split('\r\n\r\n');
    return { status: Number(/^HTTP\/1\.1 (\d+)/.exec(headers)?.[1] ?? 0), headers, body: body.join('\r\n\r\n') };
  }

  const get = (path: string, more: readonly string[] = [], method = 'GET') =>
    raw([`${method} ${path} HTTP/1.1`, 'Host: localhost', 'Connection: close', ...more, '', ''].join('\r\n'));

  const TABLE: readonly (readonly [number | readonly number[], string, (readonly string[])?, string?])[] = [
    [404, '//healthz'],
    [404, '/api/v1//session'],
    [404, '/desk//api/v1/session'],
    [404, '/assets/'],
    [404, '/assets'],
    [404, '/%2e%2e/'],
    [404, '/..%2f..%2fetc/passwd'],
    [404, '/%2e%2e/%2e%2e/etc/passwd'],
    [[400, 404], '/%'],
    [[400, 404], '/%zz'],
    [[400, 404], '/%c0%ae'],
    [[400, 404], '/assets/%00'],
    [[400, 404], '/api/v1/launches/%'],
    [[400, 404], '//evil.example/%2e%2e'],
    [[400, 404], '//evil.example/..%2f%2e%2e'],
    [[400, 404], '/assets/%2e%2e/%2e%2e%00'],
    [[400, 404], '/assets/%2e%2e/main.js%00.html'],
    [[401, 404, 414], `/api/v1/launches/${'a'.repeat(2000)}`],
    [[400, 404, 414], `/API/manager/image/${'a'.repeat(2000)}`],
    [404, '/nowhere'],
    [404, `/${'a'.repeat(9000)}`],
    [404, `/assets/${'a'.repeat(300)}.js`],
    [404, `/${'a/'.repeat(4000)}`],
    [416, '/assets/main-abc123.js', ['Range: bytes=99999999-']],
    [[200, 416], '/assets/main-abc123.js', ['Range: bytes=abc']],
    [412, '/assets/main-abc123.js', ['If-Match: "x"']],
    [412, '/assets/main-abc123.js', ['If-Unmodified-Since: Thu, 01 Jan 1970 00:00:00 GMT']],
    [431, '/', [`X-Large: ${'a'.repeat(20_000)}`]],
    [[404, 405], '/', [], 'PUT'],
    [[404, 405], '/healthz', ['Content-Length: 0'], 'POST'],
    [[400, 404, 405], '/healthz', [], 'FOO'],
    [[404, 405], '/assets/main-abc123.js', [], 'DELETE'],
    [[400, 403, 404, 405], '/api/v1/session', [], 'PATCH'],
    [[404, 405], '/API/healthz', [], 'TRACE'],
    [200, '/assets/main-abc123.js', [], 'HEAD'],
    [200, '/', [], 'HEAD'],
    [401, '/api/v1/session', [], 'HEAD'],
    [
      400,
      '/api/v1/session',
      ['X-Deskpod: 1', 'Content-Type: application/json', 'Content-Length: 3', '', '{"a'],
      'POST',
    ],
    [415, '/api/v1/session', ['X-Deskpod: 1', 'Content-Type: text/css', 'Content-Length: 3', '', 'a{}'], 'POST'],
    [400, '/api/v1/session', ['X-Deskpod: 1', 'Content-Length: -1'], 'POST'],
    [413, '/api/v1/session', ['X-Deskpod: 1', 'Content-Type: application/json', 'Content-Length: 99999999'], 'POST'],
    [[400, 404], '/API/manager/image/%'],
    [405, '/API/manager/buildapplist', [], 'DELETE'],
    [400, '/API/manager/image', ['Content-Type: application/json', 'Content-Length: 1', '', '{'], 'PUT'],
    [
      400,
      '/api/v1/session',
      ['X-Deskpod: 1', 'Content-Type: application/json', 'Content-Length: 100', '', '['.repeat(100)],
      'POST',
    ],
    [415, '/API/manager/image', ['Content-Type: image/png', 'Content-Length: 1', '', 'x'], 'PUT'],
    [400, '/speedtest/garbage?bytes=-1'],
    [400, '/speedtest/garbage?bytes=1&bytes=2'],
    [[400, 401], '/api/v1/launches?limit=many'],
  ];

  test('each request gets the status for its error', async () => {
    const wrong: string[] = [];
    for (const [wanted, path, headers, method = 'GET'] of TABLE) {
      const { status, body, headers: got } = await get(path, headers, method);
      const name = `${method} ${path.slice(0, 60)} ${headers?.join(' ').slice(0, 60) ?? ''}`;
      if (![wanted].flat().includes(status)) wrong.push(`${name}: ${status}, not ${[wanted].flat().join(' or ')}`);
      if (status >= 400 && status !== 431 && method !== 'HEAD' && /json/.test(got) && !path.startsWith('/API'))
        assert.ok(ErrorBody.safeParse(JSON.parse(body)).success, `${name}: ${body}`);
      assert.doesNotMatch(body, /node_modules|\.ts:\d|at async/);
    }
    assert.deepEqual(wrong, []);
    assert.deepEqual(failures, []);
  });

  test('no path, method or header causes a server error', async () => {
    const piece = fc.constantFrom(
      '/',
      '//',
      '..',
      '%2e',
      '%2F',
      '%',
      '%00',
      '%ff',
      '\\',
      'api',
      'API',
      'v1',
      'assets',
      'desk',
      'session',
      'manager',
      'image',
      '?',
      '&',
      '=',
      '#',
      ';',
      ':',
      '*',
      'é',
    );
    const path = fc.array(piece, { maxLength: 12 }).map((pieces) => `/${pieces.join('')}`);
    const header = fc.constantFrom(
      'Range: bytes=5-1',
      'Range: bytes=-0',
      'If-None-Match: *',
      'If-Match: *',
      'If-Modified-Since: never',
      'Accept-Encoding: *;q=0',
      'Accept-Encoding: br;q=x',
      'Cookie: deskpod_session=%E0%A4%A',
      'Cookie: =;;=',
      'Authorization: Bearer',
      'Authorization: Bearer a.b.c',
      'Content-Type: /',
      'Content-Type: application/json; charset=utf-16',
      'Expect: 100-continue',
      'Upgrade: websocket',
      'X-Forwarded-For: ,',
      'Origin: ://',
    );
    const method = fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH');
    await fc.assert(
      fc.asyncProperty(path, fc.array(header, { maxLength: 3 }), method, async (one, headers, how) => {
        const { status } = await get(one, headers, how);
        assert.ok(status >= 100 && status < 500, `${how} ${one} ${headers.join(' ')}: ${status}`);
      }),
      { numRuns: 150 },
    );
    assert.deepEqual(failures, []);
  });
});
