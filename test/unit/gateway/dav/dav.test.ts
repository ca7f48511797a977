/** Who may use `/dav/`, and what it says to clients; the service is one that answers everything. */
import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { loginOf } from '#gateway/dav/login.ts';
import type { TransferRight } from '#protocol/files.ts';
import { filesServer, type FilesServer, type FilesServerOptions, TOKEN } from '../../../fakes/files-gateway.ts';
import { listenOn } from '../../../fakes/replicas.ts';
import { failsWith } from '../../../fixtures/fails-with.ts';

const basic = (user: string, token: string): string => `Basic ${Buffer.from(`${user}:${token}`).toString('base64')}`;
const authorization = basic('hermes', TOKEN);
const FILE =
  '<D:multistatus xmlns:D="DAV:"><D:response><D:href>/a</D:href><D:prop><D:resourcetype/></D:prop></D:response></D:multistatus>';

interface Stage extends AsyncDisposable {
  readonly server: FilesServer;
  readonly asked: IncomingMessage[];
  readonly ask: (method: string, path: string, headers?: Record<string, string>, body?: string) => Promise<Response>;
}

async function stage(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
  options: Partial<FilesServerOptions> = {},
): Promise<Stage> {
  const asked: IncomingMessage[] = [];
  const service = createServer((incoming, response) => {
    asked.push(incoming);
    answer(incoming, response);
  });
  const port = await listenOn(service, '127.0.0.1');
  const server = await filesServer({ service: { host: '127.0.0.1', port }, ...options });
  return {
    server,
    asked,
    ask: (method, path, headers = {}, body) =>
      fetch(`${server.url}/dav/${path}`, {
        method,
        headers: { authorization, ...headers },
        ...(body === undefined ? {} : { body }),
      }),
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      service.closeAllConnections();
      service.close();
    },
  };
}

const hello = (_request: IncomingMessage, response: ServerResponse): void => void response.end('hello');

test('without the right token, clients are asked for it, and nothing reaches the service', async () => {
  await using on = await stage(hello);
  for (const wrong of ['', 'Bearer x', 'Basic ???', basic('hermes', 'guess'), basic('', TOKEN), basic('fry', TOKEN)]) {
    const reply = await on.ask('GET', 'a', { authorization: wrong });
    assert.equal(reply.status, 401, wrong);
    assert.match(reply.headers.get('www-authenticate') ?? '', /^Basic realm=/);
  }
  assert.equal(on.asked.length, 0);
  assert.equal(await (await on.ask('GET', 'a')).text(), 'hello');
});

test('pages can’t use what the browser knows', async () => {
  await using on = await stage(hello);
  assert.equal((await on.ask('GET', 'a', { 'sec-fetch-site': 'cross-site' })).status, 403);
  assert.equal((await on.ask('PUT', 'a', { origin: 'https://evil.example' }, 'x')).status, 403);
  assert.equal(on.asked.length, 0);
});

test('one token is exchanged once for many requests, and again when its session is closed', async () => {
  await using on = await stage(hello);
  await Promise.all(Array.from({ length: 8 }, () => on.ask('GET', 'a')));
  assert.equal(on.server.logins.length, 1);
  on.server.dav.closeSession('token-1');
  await on.ask('GET', 'a');
  assert.equal(on.server.logins.length, 2);
});

test('OPTIONS says what Finder and Explorer want to know', async () => {
  await using on = await stage(hello);
  const { headers } = await on.ask('OPTIONS', '');
  assert.equal(headers.get('dav'), '1, 2');
  assert.equal(headers.get('ms-author-via'), 'DAV');
  assert.match(headers.get('allow') ?? '', /LOCK, UNLOCK/);
  assert.equal((await on.ask('POST', 'a')).status, 405);
});

test('rights and the size of a file are enforced, also of one whose size is known only at its end', async () => {
  const upload: TransferRight = { allowed: true, maxBytes: 10 };
  const download: TransferRight = { allowed: false, maxBytes: null };
  await using on = await stage(
    (request, response) => {
      void text(request).then(() => response.writeHead(request.method === 'PROPFIND' ? 404 : 201).end());
    },
    { dav: { upload, download } },
  );
  assert.equal((await on.ask('GET', 'a')).status, 403);
  assert.equal((await on.ask('PUT', 'a', {}, 'x'.repeat(11))).status, 413);
  const announced = { 'x-expected-entity-length': '11' };
  const body = new Blob(['x'.repeat(11)]).stream();
  const chunked = { method: 'PUT', headers: { authorization }, body, duplex: 'half' } as const;
  assert.equal(
    (await fetch(`${on.server.url}/dav/a`, { ...chunked, headers: { authorization, ...announced } })).status,
    413,
  );
  const again = new Blob(['x'.repeat(11)]).stream();
  assert.equal((await fetch(`${on.server.url}/dav/a`, { ...chunked, body: again })).status, 413);
  assert.ok(!on.asked.some(({ method }) => method === 'MOVE'));
});

test('what is in a read-only shared folder, and a shared folder itself, can’t be changed, and the answer says why', async () => {
  const shared = [
    { name: 'Rules', readOnly: true },
    { name: 'Team', readOnly: false },
  ];
  await using on = await stage((_request, response) => void response.writeHead(404).end(), { dav: { shared } });
  const refused = async (method: string, path: string, headers: Record<string, string> = {}): Promise<string> => {
    const reply = await on.ask(method, path, headers, method === 'PUT' ? 'x' : undefined);
    assert.equal(reply.status, 403, `${method} ${path}`);
    return await reply.text();
  };
  assert.match(await refused('PUT', 'Shared/Rules/x'), /The shared folder Rules is read-only/);
  for (const method of ['DELETE', 'MKCOL', 'LOCK', 'PROPPATCH']) await refused(method, 'Shared/Rules/x');
  await refused('MOVE', 'a', { destination: `${on.server.url}/dav/Shared/Rules/a` });
  await refused('MOVE', 'Shared/Rules/a', { destination: `${on.server.url}/dav/a` });
  for (const path of ['Shared', 'Shared/Team', 'Shared/Rules'])
    assert.match(await refused('DELETE', path), /shared folder/);
  assert.equal(on.asked.length, 0);
  await on.ask('PUT', 'Shared/Team/x', {}, 'x');
  assert.equal(on.asked.length, 1);
});

test('locks that the service has forgotten are not sent to it; others are, with its own addresses', async () => {
  const known = 'urn:uuid:00000000-0000-0000-0000-00000000000a';
  const gone = 'urn:uuid:00000000-0000-0000-0000-00000000000b';
  await using on = await stage((request, response) => {
    if (request.method === 'PROPFIND') response.writeHead(207).end(`${FILE}<D:href>${known}</D:href>`);
    else response.writeHead(204).end();
  });
  const ifOf = async (token: string): Promise<string | readonly string[] | undefined> => {
    await on.ask('PUT', 'a', { if: `<${on.server.url}/dav/a> (<${token}>)` }, 'x');
    return on.asked.at(-1)?.headers.if;
  };
  assert.equal(await ifOf(known), `<http://files/a> (<${known}>)`);
  assert.equal(await ifOf(gone), undefined);
});

test('without HTTPS, only programs of this machine get in', () => {
  const headers = { authorization, 'x-forwarded-proto': 'http' };
  assert.equal(loginOf({ ...headers, 'x-forwarded-for': '127.0.0.1' }).userId, 'hermes');
  assert.throws(() => loginOf({ ...headers, 'x-forwarded-for': '198.51.100.7' }), failsWith('forbidden'));
  const unknown = { 'x-forwarded-for': '127.0.0.1', 'x-deskpod-unknown-client': 'listen.trustedProxies' };
  assert.throws(() => loginOf({ ...headers, ...unknown }), failsWith('forbidden'));
  const secure = { authorization, 'x-forwarded-proto': 'https', 'x-forwarded-for': '198.51.100.7' };
  assert.deepEqual(loginOf(secure), { userId: 'hermes', token: TOKEN, address: '198.51.100.7' });
});
