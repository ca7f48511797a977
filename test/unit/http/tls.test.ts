/** What the server says over TLS alone, and by which names its certificate makes it known. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { z } from 'zod';
import { createEvents } from '#events';
import { ANY_HOST } from '#domain/server/hosts.ts';
import { certificateNames, selfSignedCertificate } from '#http/certificate.ts';
import { healthRoutes } from '#http/health.ts';
import { tlsAndPlainServer } from '#http/listen.ts';
import { buildServer } from '#http/server.ts';
import { needsLinux } from '../../fixtures/machine.ts';

test(
  'names that browsers can keep a rule for get HSTS over TLS; localhost and addresses do not',
  needsLinux('openssl'),
  async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'deskpod-tls-'));
    const files = await selfSignedCertificate(folder);
    const names = certificateNames(files.cert);
    assert.ok(names.includes('localhost') && names.includes(hostname().toLowerCase()), names.join());
    const { app, listening } = await buildServer({
      events: createEvents({ level: 'silent', format: 'json' }),
      listen: (handler) => tlsAndPlainServer(handler, files, ANY_HOST),
      plugins: [healthRoutes([])],
      userOf: () => null,
    });
    listening.socket.listen(0, '127.0.0.1');
    await once(listening.socket, 'listening');
    const { port } = z.object({ port: z.number() }).parse(listening.socket.address());
    t.after(async () => {
      listening.endConnections();
      listening.socket.close();
      await app.close();
      await rm(folder, { recursive: true });
    });
    const overTls = async (host: string): Promise<IncomingMessage['headers']> => {
      const options = { host: '127.0.0.1', port, path: '/healthz', headers: { host }, ca: files.cert, agent: false };
      const sent = request({ ...options, servername: 'localhost' }).end();
      const [answer] = z.tuple([z.instanceof(IncomingMessage)]).parse(await once(sent, 'response'));
      answer.resume();
      return answer.headers;
    };
    const hsts = 'strict-transport-security';
    assert.match((await overTls('desk.example.org'))[hsts] ?? '', /^max-age=\d{7,}$/);
    for (const host of ['localhost', `localhost:${port}`, '127.0.0.1', '[::1]:1'])
      assert.equal((await overTls(host))[hsts], undefined, host);
    const plain = await fetch(`http://127.0.0.1:${port}/healthz`);
    assert.equal(plain.headers.get(hsts), null);
    assert.equal(plain.headers.get('cross-origin-resource-policy'), 'same-origin');
    assert.match(plain.headers.get('content-security-policy') ?? '', /connect-src 'self';/);
  },
);

test('a damaged certificate has no names', () => {
  assert.deepEqual(certificateNames('nothing'), []);
});
