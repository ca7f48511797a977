/** Attacks on a running installation: by its users and guests, from inside an app, and by other users of the machine. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { WebSocket } from 'ws';
import { z } from 'zod';
import { createClient } from '#client/client.ts';
import { TICKET_PROTOCOL_PREFIX, SCREEN_PROTOCOL } from '#protocol/screen.ts';
import { Someone } from './faults-kit.ts';
import { Product } from './product.ts';
import { ran, Terminal } from './tools.ts';

const OpenApi = z.object({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) });
/** What an attacker may learn: that there is no such thing, or that it takes a login or a right. */
const REFUSED = new Set([400, 401, 403, 404]);

suite('security', { timeout: 10 * 60_000 }, () => {
  let product: Product;
  let hermes: Someone;
  let fry: Someone;
  let desktopId: string;
  let launchId: string;

  before(async () => {
    product = await Product.start();
    hermes = await Someone.at(product, 'hermes');
    fry = await Someone.at(product, 'fry');
    desktopId = await hermes.hasDesktop();
    launchId = (await hermes.runs('terminal', { env: { DB: 'hunter2-of-hermes' } })).id;
  });
  after(async () => {
    for (const one of [hermes, fry]) await one?.[Symbol.asyncDispose]();
    await product?.clear();
    await product?.[Symbol.asyncDispose]();
  });

  const request = (path: string, method: string, token: string | null): Promise<Response> =>
    fetch(`${product.address}${path}`, {
      method: method.toUpperCase(),
      signal: AbortSignal.timeout(60_000),
      headers: {
        'x-deskpod': '1',
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(method === 'get' || method === 'delete' ? {} : { 'content-type': 'application/json' }),
      },
      ...(method === 'get' || method === 'delete' ? {} : { body: '{}' }),
    });

  test('no operation of the API gives anybody something of another user, nor changes it', async () => {
    const guest = await createClient({ baseUrl: product.address }).session.login({ provider: 'anonymous' });
    const { paths } = OpenApi.parse(await (await request('/api/v1/openapi.json', 'get', fry.token)).json());
    const foreign = Object.entries(paths).filter(([path]) => path.includes('{'));
    assert.ok(foreign.length > 20, 'the description has operations on objects');
    for (const token of [fry.token, guest.token, null])
      for (const [path, operations] of foreign)
        for (const method of Object.keys(operations))
          for (const id of [desktopId, launchId, 'hermes', `..%2f${desktopId}`]) {
            const what = `${method} ${path.replace('{id}', id)}`;
            const response = await request(path.replace('{id}', id), method, token);
            assert.ok(REFUSED.has(response.status), `${what}: ${response.status}`);
            assert.doesNotMatch(await response.text(), /hunter2/, what);
          }
    const mine = await hermes.client.desktop.get();
    assert.equal(mine.status.state, 'running');
    assert.equal((await hermes.client.launches.get(launchId)).status.state, 'running');
  });

  test('changed, foreign and unsigned tokens are refused, on WebSockets too', async () => {
    const [head = '', body = '', signature = ''] = hermes.token.split('.');
    const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const claims = z.looseObject({}).parse(JSON.parse(Buffer.from(body, 'base64url').toString()));
    const { token: ticket } = await hermes.client.desktop.ticket();
    const forged = [
      '',
      'null',
      `${encoded({ alg: 'none' })}.${body}.`,
      `${encoded({ alg: 'HS256' })}.${body}.${signature}`,
      `${head}.${encoded({ ...claims, roles: ['admin'] })}.${signature}`,
      `${head}.${encoded({ ...claims, exp: 4_000_000_000 })}.${signature}`,
      `${head}.${body}.${signature.slice(0, -4)}AAAA`,
      `${head}.${body}.${randomBytes(256).toString('base64url')}`,
    ];
    for (const token of forged) {
      assert.equal((await request('/api/v1/session', 'get', token)).status, 401, token.slice(0, 40));
      assert.notEqual(await screenStatus(token), 101, token.slice(0, 40));
    }
    assert.notEqual(await screenStatus(hermes.token), 101, 'a session is no ticket');
    assert.equal((await request('/api/v1/session', 'get', ticket)).status, 401, 'a ticket is no session');
    assert.equal(await screenStatus(ticket), 101);
  });

  test('without a session nobody measures the network, and costly JSON is refused before it is parsed', async () => {
    for (const path of ['/speedtest/garbage?bytes=1048576', '/speedtest/ping'])
      assert.equal((await request(path, 'get', null)).status, 401, path);
    assert.equal((await request('/speedtest/garbage?bytes=1000', 'get', fry.token)).status, 200);
    const headers = { 'content-type': 'application/json', 'x-deskpod': '1' };
    const body = '['.repeat(1_000_000);
    const nested = await fetch(`${product.address}/api/v1/session`, { method: 'POST', headers, body });
    assert.equal(nested.status, 400);
    assert.match(await nested.text(), /nests arrays and objects in more than 64 levels/);
  });

  test('an app has no privileges, and its root file system and the kernel are closed to it', async () => {
    const status = await inApp('cat /proc/self/status');
    for (const field of ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb'])
      assert.match(status, new RegExp(`^${field}:\\s+0+$`, 'm'));
    assert.match(status, /^NoNewPrivs:\s+1$/m);
    assert.match(status, /^Seccomp:\s+2$/m);
    assert.doesNotMatch(status, /^Uid:.*\b0\b/m);
    for (const path of ['/usr/bin/made', '/etc/made', '/proc/sys/kernel/core_pattern', '/sys/kernel/made'])
      assert.match(await inApp(`touch ${path} 2>&1 && echo x > ${path} || echo refused`), /refused/, path);
    assert.equal(await inApp('ls /dev | grep -E "^(sd|vd|nvme|mem|kmsg|fuse)" || echo none'), 'none');
  });

  test('an app sees no process, socket or file of another user', async () => {
    await fry.hasDesktop();
    const secret = (await fry.runs('terminal', { env: { DB: 'hunter2-of-fry' } })).id;
    const environments = await inApp('cat /proc/[0-9]*/environ 2>/dev/null | tr "\\0" "\\n"');
    assert.match(environments, /hunter2-of-hermes/);
    assert.doesNotMatch(environments, /hunter2-of-fry/);
    assert.doesNotMatch(await inApp('find / -xdev -name "*fry*" 2>/dev/null; ls /home'), /fry/);
    await fry.client.launches.stop(secret);
  });

  test('another user of the machine reads no file of the installation', async () => {
    const { data, run } = product.places;
    const reads = ['deskpod.db', 'cli-token', 'keys/store.key'].map((name) => `cat ${join(data, name)} 2>&1`);
    const lists = [data, run, join(data, 'keys')].map((folder) => `ls ${folder} 2>&1`);
    const script = [...reads, ...lists, `cat ${run}/desktops/${desktopId}/rfb/* 2>&1`].join('; ');
    const { out } = await ran('setpriv', ['--reuid=65534', '--regid=65534', '--clear-groups', 'sh', '-c', script]);
    for (const line of out.trim().split('\n')) assert.match(line, /Permission denied|No such file/, line);
  });

  test('nobody who can log in with a public password is support or an administrator', async () => {
    for (const name of ['zoidberg', 'amy', 'bender']) {
      const { user } = await createClient({ baseUrl: product.address }).session.login({
        provider: 'directory',
        name,
        password: name,
      });
      assert.deepEqual(user.roles, ['user'], name);
    }
  });

  /** The HTTP status of an upgrade; 101 if the screen opened. */
  async function screenStatus(ticket: string): Promise<number> {
    const url = `${product.address.replace('http', 'ws')}/api/v1/screen`;
    const socket = new WebSocket(url, [SCREEN_PROTOCOL, `${TICKET_PROTOCOL_PREFIX}${ticket || 'none'}`], {
      origin: product.address,
    });
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    socket.once('open', () => resolve(101));
    socket.once('unexpected-response', (_, { statusCode }) => resolve(statusCode ?? 0));
    socket.once('error', reject);
    return await promise.finally(() => socket.terminate());
  }

  async function inApp(script: string): Promise<string> {
    await using terminal = await Terminal.open();
    const at = ['--server', product.address, '--token', hermes.token];
    const { code, out, err } = await terminal.deskpod(['exec', ...at, launchId, '--', 'sh', '-c', script]);
    assert.equal(code, 0, err);
    return out.trim();
  }
});
