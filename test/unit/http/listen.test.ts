/** The port itself: slow clients are cut off on every kind of connection, and nobody takes all connections. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { text } from 'node:stream/consumers';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { networkInterfaces } from 'node:os';
import { after, before, suite, test } from 'node:test';
import { ANY_HOST, hostPolicy } from '#domain/server/hosts.ts';
import { selfSignedCertificate } from '#http/certificate.ts';
import { limitConnections } from '#http/connection-limits.ts';
import { type Listening, plainServer, tlsAndPlainServer } from '#http/listen.ts';
import { needsLinux } from '../../fixtures/machine.ts';

const SHORT = { handshake: 300, headers: 300, request: 600, idle: 300, check: 50 };
const HALF_HEAD = 'GET / HTTP/1.1\r\nHost: localhost\r\nX-';
const HALF_BODY = 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nhalf';
const REQUEST = 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n';
const LIMIT_MS = 10_000;

const KINDS = {
  'the plain port': { listen: 'plain', secure: false },
  'the TLS port, by TLS': { listen: 'tls', secure: true },
  'the TLS port, plain from this machine': { listen: 'tls', secure: false },
} as const;

suite('slow clients', needsLinux('openssl'), () => {
  let folder: string;
  let files: Awaited<ReturnType<typeof selfSignedCertificate>>;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'deskpod-listen-'));
    files = await selfSignedCertificate(folder);
  });
  after(() => rm(folder, { recursive: true }));

  for (const [name, { listen, secure }] of Object.entries(KINDS)) {
    const open = async (): Promise<Listening> => {
      const handler: Parameters<typeof plainServer>[0] = (request, response) =>
        void request.resume().on('end', () => response.end('ok'));
      const listening =
        listen === 'plain' ? plainServer(handler, SHORT) : tlsAndPlainServer(handler, files, ANY_HOST, SHORT);
      listening.socket.listen(0, '127.0.0.1');
      await once(listening.socket, 'listening');
      return listening;
    };
    const connected = async ({ socket }: Listening): Promise<Socket> => {
      const { port } = socket.address() as AddressInfo;
      const client = secure
        ? connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false })
        : connect(port, '127.0.0.1');
      await once(client, secure ? 'secureConnect' : 'connect', { signal: AbortSignal.timeout(LIMIT_MS) });
      return client;
    };
    const answer = async (client: Socket, sent: string): Promise<string> => {
      const late = setTimeout(() => client.destroy(new Error('still open')), LIMIT_MS);
      client.write(sent);
      return await text(client).finally(() => clearTimeout(late));
    };

    test(`${name}: half a head and half a body get 408, an idle connection is closed, a request is answered`, async () => {
      const listening = await open();
      try {
        assert.match(await answer(await connected(listening), HALF_HEAD), /^HTTP\/1.1 408 /);
        assert.match(await answer(await connected(listening), HALF_BODY), /^HTTP\/1.1 408 /);
        await answer(await connected(listening), '');
        assert.match(await answer(await connected(listening), REQUEST), /^HTTP\/1.1 200 [^]*ok/);
      } finally {
        listening.endConnections();
        listening.socket.close();
      }
    });
  }

  test('a TLS handshake that is never finished is cut off', async () => {
    const listening = tlsAndPlainServer((_, response) => void response.end(), files, ANY_HOST, SHORT);
    listening.socket.listen(0, '127.0.0.1');
    await once(listening.socket, 'listening');
    const client = connect((listening.socket.address() as AddressInfo).port, '127.0.0.1');
    client.write(Buffer.from([0x16, 3, 1]));
    const late = setTimeout(() => client.destroy(new Error('still open')), LIMIT_MS);
    assert.equal(await text(client).finally(() => clearTimeout(late)), '');
    listening.endConnections();
    listening.socket.close();
  });
});

const OWN_ADDRESS = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .find(({ internal, family }) => !internal && family === 'IPv4')?.address;

test(
  'plain requests of other machines are redirected to HTTPS only under the names of this server',
  { skip: OWN_ADDRESS === undefined && 'this machine has no address besides loopback' },
  async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'deskpod-listen-'));
    const warned: unknown[] = [];
    const hosts = hostPolicy(['desk.example.org'], (_message, fields) => void warned.push(fields.host));
    const files = await selfSignedCertificate(folder);
    const listening = tlsAndPlainServer((_, response) => void response.end('served'), files, hosts, SHORT);
    listening.socket.listen(0, '0.0.0.0');
    await once(listening.socket, 'listening');
    t.after(async () => {
      listening.endConnections();
      listening.socket.close();
      await rm(folder, { recursive: true });
    });
    const { port } = listening.socket.address() as AddressInfo;
    const answer = async (host: string): Promise<string> => {
      const client = connect(port, OWN_ADDRESS);
      client.write(`GET /apps HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
      return await text(client);
    };
    assert.match(
      await answer('desk.example.org:8080'),
      /^HTTP\/1.1 308 [^]*location: https:\/\/desk.example.org:8080\/apps/i,
    );
    assert.match(await answer('192.0.2.1'), /^HTTP\/1.1 308 /);
    const refused = await answer('evil.example');
    assert.match(refused, /^HTTP\/1.1 421 [^]*listen\.allowedHosts/);
    assert.doesNotMatch(refused, /location:/i);
    assert.match(await answer('not a host'), /^HTTP\/1.1 400 /);
    assert.deepEqual(warned, ['evil.example']);
  },
);

test('connections beyond the limit are closed before they are read, and others get in when some have gone', async () => {
  const server = createServer((_, response) => void response.end('ok'));
  const full: (string | null)[] = [];
  const onFull = (network: string | null) => void full.push(network);
  limitConnections(server, { connections: 4, connectionsPerNetwork: 1, isProxy: () => false, onFull });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const clients = await Promise.all(
    Array.from({ length: 4 }, async () => {
      const client = connect(port, '127.0.0.1');
      await once(client, 'connect');
      return client;
    }),
  );
  for (let round = 0; round < 3; round += 1) {
    const late = connect(port, '127.0.0.1');
    late.on('error', () => late.destroy());
    await once(late, 'close');
  }
  assert.deepEqual(full, [null], 'reported once');
  const [first] = clients;
  assert.ok(first);
  first.end();
  await once(first, 'close');
  const answered = await fetch(`http://127.0.0.1:${port}/`);
  assert.equal(await answered.text(), 'ok');
  for (const client of clients) client.destroy();
  server.closeAllConnections();
  server.close();
});
