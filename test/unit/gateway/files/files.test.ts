/** Who may use `/files/`, and what goes to and comes from a files service that can't be trusted. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { test } from 'node:test';
import { ErrorBody } from '#protocol/errors.ts';
import { TIMEOUTS } from '#http/listen.ts';
import { type FilesServer, filesServer, type FilesServerOptions } from '../../../fakes/files-gateway.ts';
import { listenOn } from '../../../fakes/replicas.ts';

interface Stage extends AsyncDisposable {
  readonly server: FilesServer;
  /** What the service was asked. */
  readonly asked: IncomingMessage[];
}

async function stage(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
  options: Partial<FilesServerOptions> = {},
): Promise<Stage> {
  const asked: IncomingMessage[] = [];
  const service = createServer((incoming, response) => {
    // A client that leaves is a test's subject.
    incoming.on('error', () => {});
    asked.push(incoming);
    answer(incoming, response);
  });
  const port = await listenOn(service, '127.0.0.1');
  const server = await filesServer({ service: { host: '127.0.0.1', port }, ...options });
  return {
    server,
    asked,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      service.closeAllConnections();
      service.close();
    },
  };
}

const hello = (_request: IncomingMessage, response: ServerResponse): void => void response.end('hello');
const codeOf = async (reply: Response): Promise<string> => ErrorBody.parse(await reply.json()).error.code;

test('without a valid ticket, or from another page, nothing reaches the service', async () => {
  await using on = await stage(hello);
  const { ask, url, cookie } = on.server;
  assert.equal((await fetch(`${url}/files/a`)).status, 401);
  assert.equal((await ask('GET', '/files/a', { headers: { cookie: 'ticket=forged' } })).status, 401);
  for (const headers of [
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { origin: 'https://evil.example' },
  ])
    for (const method of ['GET', 'PUT', 'DELETE', 'PROPFIND'])
      assert.equal((await ask(method, '/files/a', { headers })).status, 403, `${method} ${JSON.stringify(headers)}`);
  const typed = { 'sec-fetch-site': 'none' };
  assert.equal((await ask('DELETE', '/files/a', { headers: typed })).status, 403);
  assert.equal((await fetch(`${url}/files/a`, { method: 'DELETE', headers: { cookie: cookie() } })).status, 403);
  assert.equal(on.asked.length, 0);
  assert.equal((await ask('GET', '/files/a', { headers: typed })).status, 200);
  assert.equal((await fetch(`${url}/files/a`, { headers: { cookie: cookie() } })).status, 200);
});

test('methods that are not listed get a 405 that lists them', async () => {
  await using on = await stage(hello);
  for (const method of ['PATCH', 'OPTIONS', 'LOCK', 'PROPPATCH']) {
    const reply = await on.server.ask(method, '/files/a');
    assert.equal(reply.status, 405, method);
    assert.match(reply.headers.get('allow') ?? '', /PROPFIND/);
  }
  assert.equal(on.asked.length, 0);
});

test('the service gets the desktop’s password and no cookie; the browser gets none of its other headers', async () => {
  await using on = await stage((_request, response) => {
    response.writeHead(200, {
      'content-type': 'text/html',
      'set-cookie': 'session=evil',
      server: 'lighttpd',
      'www-authenticate': 'Basic',
      'content-security-policy': 'default-src *',
      'access-control-allow-origin': '*',
      'content-encoding': 'gzip',
      'content-length': '1',
      etag: '"1"',
    });
    response.end('x');
  });
  const reply = await on.server.ask('GET', '/files/a');
  const { headers } = on.asked[0] ?? assert.fail('the service was not asked');
  assert.equal(headers.authorization, `Basic ${Buffer.from('deskpod:secret').toString('base64')}`);
  assert.equal(headers.cookie, undefined);
  for (const name of ['set-cookie', 'server', 'www-authenticate', 'access-control-allow-origin', 'content-encoding'])
    assert.equal(reply.headers.get(name), null, name);
  assert.match(reply.headers.get('content-security-policy') ?? '', /^sandbox/);
  assert.equal(reply.headers.get('etag'), '"1"');
});

test('a service that refuses the password, breaks off or has no room is named, without details of it', async () => {
  const statuses = [401, 500, 302, 507];
  await using on = await stage((_request, response) => {
    response.writeHead(statuses.shift() ?? 200, { location: 'http://elsewhere' }).end('<h1>internal</h1>');
  });
  const { ask } = on.server;
  assert.equal(await codeOf(await ask('GET', '/files/a')), 'service_unavailable');
  assert.equal(await codeOf(await ask('GET', '/files/a')), 'service_unavailable');
  assert.equal(await codeOf(await ask('GET', '/files/a')), 'service_unavailable');
  const full = await ask('PUT', '/files/a', { body: 'x' });
  assert.deepEqual([full.status, await codeOf(full)], [507, 'limit_reached']);
});

test('an upload without a length is refused; one that is broken off is no upload', async () => {
  await using on = await stage((incoming, response) => {
    incoming.resume().once('end', () => response.writeHead(201).end());
  });
  const { url, cookie, transfers } = on.server;
  const ofPage = { cookie: cookie(), 'sec-fetch-site': 'same-origin' };
  const chunked = request(`${url}/files/a`, { method: 'PUT', headers: ofPage });
  chunked.write('x');
  chunked.end();
  const [refused] = await once(chunked, 'response');
  assert.equal(refused.statusCode, 400);
  const headers = { ...ofPage, 'content-length': '10' };
  const broken = request(`${url}/files/a`, { method: 'PUT', headers });
  broken.on('error', () => {});
  broken.write('12345');
  while (on.asked.length === 0) await new Promise((resolve) => setImmediate(resolve));
  const incoming = on.asked[0] ?? assert.fail('the service was not asked');
  const closed = new Promise((resolve) => incoming.once('close', resolve));
  broken.destroy();
  await closed;
  assert.equal(incoming.complete, false);
  assert.deepEqual(transfers, []);
});

test('an upload ends with its session, also towards the service', async () => {
  await using on = await stage((incoming) => void incoming.resume());
  const { url, cookie, files } = on.server;
  const headers = { cookie: cookie({}, 'short'), 'sec-fetch-site': 'same-origin', 'content-length': '10' };
  const upload = request(`${url}/files/a`, { method: 'PUT', headers });
  const answered = once(upload, 'response');
  upload.write('12345');
  while (on.asked.length === 0) await new Promise((resolve) => setImmediate(resolve));
  const incoming = on.asked[0] ?? assert.fail('the service was not asked');
  const closed = new Promise((resolve) => incoming.once('close', resolve));
  files.closeSession('short');
  const [reply] = await answered;
  assert.equal(reply.statusCode, 401);
  await closed;
  assert.equal(incoming.complete, false);
  upload.destroy();
});

test('an upload may take longer than other requests while its bytes come', async () => {
  const timeouts = { ...TIMEOUTS, headers: 100, request: 150, check: 20 };
  await using on = await stage(
    (incoming, response) => void incoming.resume().once('end', () => response.writeHead(201).end()),
    { timeouts },
  );
  const { url, cookie } = on.server;
  const headers = { cookie: cookie(), 'sec-fetch-site': 'same-origin', 'content-length': '10' };
  const slow = request(`${url}/files/a`, { method: 'PUT', headers });
  const answered = once(slow, 'response');
  for (let index = 0; index < 10; index += 1) {
    await new Promise((resolve) => setTimeout(resolve, 40));
    slow.write('x');
  }
  slow.end();
  const [reply] = await answered;
  assert.equal(reply.statusCode, 201);
});

test('a transfer yields to a screen that is behind, and still moves', async () => {
  let looks = 0;
  await using on = await stage((_request, response) => void response.end(Buffer.alloc(200_000)), {
    isBehind: () => {
      looks += 1;
      return true;
    },
  });
  assert.equal((await (await on.server.ask('GET', '/files/a')).arrayBuffer()).byteLength, 200_000);
  assert.ok(looks > 10, `${looks} looks`);
});

test('a user has a limited number of transfers, which count until they end', async () => {
  await using on = await stage(
    (_request, response) => void response.writeHead(200, { 'content-length': 9 }).write('x'),
  );
  const { ask, files } = on.server;
  const open = await Promise.all(Array.from({ length: 64 }, () => ask('GET', '/files/a')));
  assert.ok(open.every(({ status }) => status === 200));
  assert.equal(await codeOf(await ask('GET', '/files/a')), 'too_many_open');
  const ends = open.map((reply) => assert.rejects(reply.arrayBuffer()));
  files.closeUser('hermes', new Date());
  await Promise.all(ends);
  assert.equal((await ask('GET', '/files/a')).status, 200);
});

test('a session that ends before the service has accepted a connection ends its transfers, and nothing else', async () => {
  const connecting = Promise.withResolvers<void>();
  const server = await filesServer({
    service: { host: '127.0.0.1', port: 1 },
    connect: (signal) => {
      connecting.resolve();
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }));
    },
  });
  const upload = server.ask('PUT', '/files/a', { body: 'x' });
  await connecting.promise;
  server.files.closeDesktop('hermes-0a1b2');
  assert.equal(await codeOf(await upload), 'desktop_missing');
  await server[Symbol.asyncDispose]();
});
