/** The product on the network: TLS and HTTP on one port, permissions by source address, and rate limits for logins. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { z } from 'zod';
import { Product } from './product.ts';
import { type Answer, curl, ran, uninstalled } from './tools.ts';

/** The address of this machine for other machines. */
const OWN = Object.values(networkInterfaces())
  .flatMap((list) => list ?? [])
  .find(({ internal, family }) => !internal && family === 'IPv4')?.address;
const JSON_BODY = ['-H', 'Content-Type: application/json', '-H', 'X-Deskpod: 1'] as const;
const UPGRADE = [
  '-H',
  'Connection: Upgrade',
  '-H',
  'Upgrade: websocket',
  '-H',
  'Sec-WebSocket-Version: 13',
  '-H',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
] as const;
const KEY = 'a-key-of-the-tests-that-is-long-enough';
const CONFIG = `listen:\n  host: 0.0.0.0\nauth:\n  lockout:\n    failures: 3\nmanager:\n  apiKeys: [${KEY}]\n`;
/** Requests per address and minute. */
const REQUESTS = 1200;

suite(
  'the server on the network',
  { skip: OWN === undefined && 'this machine has no address but loopback', timeout: 10 * 60_000 },
  () => {
    let product: Product;
    let folder: string;
    let port: string;
    let safe: string;
    let administrator: { name: string; password: string };
    const trust: string[] = [];

    before(async () => {
      folder = await mkdtemp(join(tmpdir(), 'deskpod-network-'));
      await writeFile(join(folder, 'config.yaml'), CONFIG);
      const places = { data: join(folder, 'data'), run: join(folder, 'run') };
      product = await Product.start(['--config', join(folder, 'config.yaml')], places);
      port = new URL(product.address).port;
      safe = `https://${OWN}:${port}`;
      trust.push('--cacert', join(places.data, 'keys/tls.crt'));
      const [, name = '', password = ''] = /Administrator +(\S+) \/ (\S+) /.exec(product.log.join('\n')) ?? [];
      administrator = { name, password };
    });
    after(async () => {
      await product?.[Symbol.asyncDispose]();
      // Uninstalls first, because the engine's store is mounted in the folder.
      if (product) await uninstalled(product.places, '--no-homes');
      await rm(folder, { recursive: true, force: true });
    });

    const logIn = (address: string, body: object): Promise<Answer> =>
      curl(...trust, '-X', 'POST', ...JSON_BODY, `${address}/api/v1/session`, '-d', JSON.stringify(body));
    const withPassword = (name: string, password: string) => ({ provider: 'directory', name, password });

    test('one port serves TLS, and plain HTTP only to this machine; other clients are redirected to TLS', async () => {
      assert.match(product.log.join('\n'), new RegExp(`Deskpod is at  https://[\\d.]+(?<!0\\.0\\.0\\.0):${port}`));
      for (const address of [`http://localhost:${port}`, `https://localhost:${port}`, safe]) {
        const { status, body, error } = await curl(...trust, `${address}/healthz`);
        assert.deepEqual([status, body], [200, 'OK'], `${address} ${error}`);
      }
      const plain = await curl(`http://${OWN}:${port}/settings?a=1`);
      assert.deepEqual([plain.status, plain.headers['location']], [308, [`${safe}/settings?a=1`]]);
      const socket = await curl(...UPGRADE, `http://${OWN}:${port}/api/v1/screen`);
      assert.equal(socket.status, 308, 'a WebSocket is not served without TLS either');
    });

    test('demo users and guests cannot log in', async () => {
      const options = z.looseObject({ providers: z.array(z.looseObject({ id: z.string() })) });
      const { providers } = options.parse(JSON.parse((await curl(...trust, `${safe}/api/v1/login-options`)).body));
      assert.deepEqual(
        providers.map(({ id }) => id),
        ['directory'],
      );
      assert.doesNotMatch(product.log.join('\n'), /Demo users|Guests/);
      assert.equal((await logIn(safe, withPassword('hermes', 'hermes'))).status, 401);
      assert.equal((await logIn(safe, { provider: 'anonymous' })).status, 401);
    });

    test("the administrator's login is printed once and works, and its cookie is sent over TLS only", async () => {
      const entered = await logIn(safe, withPassword(administrator.name, administrator.password));
      assert.equal(entered.status, 200, entered.body);
      const [cookie = ''] = entered.headers['set-cookie'] ?? [];
      for (const word of ['Secure', 'HttpOnly', 'SameSite=Strict', 'Path=/'])
        assert.ok(cookie.includes(`; ${word}`), word);
      const here = await logIn(`http://localhost:${port}`, withPassword(administrator.name, administrator.password));
      assert.doesNotMatch(String(here.headers['set-cookie']), /Secure/);
      const idle = connect(Number(port), '127.0.0.1');
      await once(idle, 'connect');
      assert.equal(await product.stop(), 0, 'idle connections do not keep it');
      product.log.length = 0;
      await product.run();
      assert.doesNotMatch(product.log.join('\n'), /Administrator/);
      assert.equal((await logIn(safe, withPassword(administrator.name, administrator.password))).status, 200);
    });

    test('the manager API requires a key from other machines and says how to send it', async () => {
      const images = `${safe}/API/manager/images`;
      const refused = await curl(...trust, images);
      assert.equal(refused.status, 403);
      assert.match(
        refused.body,
        new RegExp(`403\\.6 - IP address rejected: ${OWN} needs a key.*X-API-Key.*manager\\.permitNetworks`),
      );
      assert.equal((await curl(...trust, '-H', 'X-API-Key: wrong', images)).status, 403);
      assert.equal((await curl(...trust, '-H', `X-API-Key: ${KEY}`, images)).status, 200);
      const forwarded = await curl(...trust, '-H', 'X-Forwarded-For: 127.0.0.1', images);
      assert.equal(forwarded.status, 403, 'a forwarded header does not make a client local');
      const renamed = await curl(
        '--resolve',
        `evil.example:${port}:127.0.0.1`,
        `http://evil.example:${port}/API/manager/images`,
      );
      assert.equal(renamed.status, 421, 'a page with another host name is refused, too');
      assert.equal((await curl(`http://localhost:${port}/API/manager/images`)).status, 200);
      const token = z.looseObject({ token: z.string() });
      const { body } = await logIn(safe, withPassword(administrator.name, administrator.password));
      const bearer = `Authorization: Bearer ${token.parse(JSON.parse(body)).token}`;
      assert.equal((await curl(...trust, '-H', bearer, images)).status, 200, 'a logged-in administrator is accepted');
    });

    test('pages of other origins get no WebSocket connection', async () => {
      for (const path of ['/api/v1/screen', '/api/v1/terminal', '/websockify']) {
        const { status } = await curl(
          ...trust,
          '--http1.1',
          ...UPGRADE,
          '-H',
          'Origin: https://evil.example',
          `${safe}${path}`,
        );
        assert.equal(status, 403, path);
        const own = await curl(...trust, '--http1.1', ...UPGRADE, '-H', `Origin: ${safe}`, `${safe}${path}`);
        assert.ok([400, 401].includes(own.status), `${path} ${own.status}: only the credential is missing`);
      }
    });

    test('every page forbids third-party scripts and frames', async () => {
      for (const path of ['/', '/api/v1/docs', '/api/v1/login-options', '/nothing']) {
        const { headers } = await curl(...trust, `${safe}${path}`);
        const policy = String(headers['content-security-policy']);
        for (const rule of ["default-src 'self'", "object-src 'none'", "frame-ancestors 'none'", "base-uri 'self'"])
          assert.ok(policy.includes(rule), `${path}: ${rule}`);
        assert.deepEqual(headers['x-content-type-options'], ['nosniff'], path);
      }
    });

    test('repeated login failures are refused with the time to wait', async () => {
      const statuses: number[] = [];
      let last: Answer | null = null;
      for (let attempt = 0; attempt < 5; attempt += 1) {
        last = await logIn(safe, withPassword('leela', `guess ${attempt}`));
        statuses.push(last.status);
      }
      assert.deepEqual(statuses, [401, 401, 401, 429, 429]);
      assert.ok(Number(last?.headers['retry-after']?.[0]) >= 1);
      assert.match(last?.body ?? '', /Too many failed login attempts.*Try again in \d+ s/);
      assert.equal(
        (await logIn(safe, withPassword(administrator.name, administrator.password))).status,
        200,
        'other clients are not affected',
      );
    });

    test('too many requests are answered with 429 and the time to wait', async () => {
      const url = `http://localhost:${port}/api/v1/login-options?n=[1-${REQUESTS + 50}]`;
      const { out } = await ran('curl', ['-sS', '-o', '/dev/null', '-w', '%{http_code} %header{retry-after}\n', url]);
      const answers = out.trim().split('\n');
      assert.match(answers[0] ?? '', /^200/);
      assert.match(answers.at(-1) ?? '', /^429 \d+$/);
    });
  },
);
