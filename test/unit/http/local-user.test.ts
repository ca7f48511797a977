/** Which user of this machine calls: read from the kernel's tables, which name the owner of each socket. */
import assert from 'node:assert/strict';
import { createServer, get, IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { test } from 'node:test';
import { text } from 'node:stream/consumers';
import fc from 'fast-check';
import { z } from 'zod';
import { ANY_HOST } from '#domain/server/hosts.ts';
import { type Endpoint, localUserOf, userOfSocket } from '#http/local-user.ts';
import { applyTrustedProxies, createTrustedProxies } from '#http/trusted-proxies.ts';
import { needsLinux } from '../../fixtures/machine.ts';
import { listenOn } from '../../fakes/replicas.ts';

const HEAD =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode                                                     ';
const row = (local: string, remote: string, state: string, uid: number, inode: number): string =>
  `   7: ${local} ${remote} ${state} 00000000:00000000 00:00000000 00000000 ${String(uid).padStart(5)}        0 ${inode} 1 0000000000000000 20 4 30 10 -1`;

const SERVER: Endpoint = { address: '127.0.0.1', port: 0x76eb };
const CLIENT: Endpoint = { address: '127.0.0.1', port: 0xc350 };
const ENDS = ['0100007F:C350', '0100007F:76EB'] as const;

test('the owner of the other end is found, not that of our own end or of another connection', () => {
  const table = [
    HEAD,
    row(ENDS[1], ENDS[0], '01', 0, 11),
    row('0100007F:C351', ENDS[1], '01', 1001, 12),
    row(ENDS[0], '0100007F:0050', '01', 1002, 13),
    row(ENDS[0], ENDS[1], '01', 65_534, 14),
  ].join('\n');
  assert.equal(userOfSocket(table, CLIENT, SERVER, 'LE'), 65_534);
  assert.equal(userOfSocket(table, { ...CLIENT, port: 1 }, SERVER, 'LE'), null);
});

test('a socket that its program has closed has no owner, though the kernel shows root', () => {
  for (const state of ['04', '05', '06', '08', '0A'])
    assert.equal(userOfSocket(row(...ENDS, state, 0, 0), CLIENT, SERVER, 'LE'), null, state);
  assert.equal(userOfSocket(row(...ENDS, '01', 0, 0), CLIENT, SERVER, 'LE'), null);
});

test('IPv6, and IPv4 on a socket of both families, are the same addresses', () => {
  const loopback = '00000000000000000000000001000000';
  const mapped = '0000000000000000FFFF00000100007F';
  const six = row(`${loopback}:C350`, `${loopback}:76EB`, '01', 1000, 5);
  const v6 = { from: { ...CLIENT, address: '::1' }, to: { ...SERVER, address: '::1' } };
  assert.equal(userOfSocket(six, v6.from, v6.to, 'LE'), 1000);
  const both = row(`${mapped}:C350`, `${mapped}:76EB`, '01', 1000, 5);
  assert.equal(userOfSocket(both, CLIENT, { ...SERVER, address: '::ffff:127.0.0.1' }, 'LE'), 1000);
  assert.equal(userOfSocket(row('7F000001:C350', '7F000001:76EB', '01', 7, 5), CLIENT, SERVER, 'BE'), 7);
});

test('no table makes the search fail', () => {
  fc.assert(fc.property(fc.string(), (table) => userOfSocket(table, CLIENT, SERVER) === null));
});

test('a request of this process comes from its own user, and nobody may say it is another', needsLinux(), async (t) => {
  const server = createServer((request, response) => {
    void localUserOf(request).then((user) => response.end(JSON.stringify([user, process.getuid?.()])));
  });
  applyTrustedProxies(
    [server],
    createTrustedProxies({ trustedProxies: [], gatewayToken: 'right', path: '/', hosts: ANY_HOST }),
  );
  const port = await listenOn(server, '127.0.0.1');
  t.after(() => server.close());
  const ask = async (headers: Record<string, string>): Promise<unknown> => {
    const [answer] = z
      .tuple([z.instanceof(IncomingMessage)])
      .parse(await once(get({ host: '127.0.0.1', port, headers, agent: false }), 'response'));
    return JSON.parse(await text(answer));
  };
  const own = process.getuid?.();
  assert.deepEqual(await ask({ 'x-deskpod-local-user': '4711' }), [own, own]);
  assert.deepEqual(await ask({ 'x-deskpod-gateway': 'right', 'x-deskpod-local-user': '4711' }), [4711, own]);
  assert.deepEqual(await ask({ 'x-deskpod-gateway': 'right' }), [null, own], 'the connection is the gateway’s');
});
