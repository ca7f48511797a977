/** Access to the manager API. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { networkMatcher, podMatcher } from '#domain/server/networks.ts';
import { clientAddress } from '#http/forwarded.ts';
import { managerGate } from '#http/manager/access.ts';
import type { ManagerAccess } from '#http/manager/access.ts';

const KEY = 'k'.repeat(32);
const CLOSED: ManagerAccess = {
  enabled: true,
  keys: [KEY],
  permitNetworks: [],
  owners: null,
  onlyNetworks: null,
  isPod: async () => false,
  keyCommand: null,
};
const EMBEDDED: ManagerAccess = { ...CLOSED, permitNetworks: ['127.0.0.0/8', '::1'] };

const LOCAL = { host: 'localhost:30443' };

/** The number in the response (403.1, 403.6), or `ok`. */
async function asked(
  access: ManagerAccess,
  address: string | null,
  headers: Record<string, string>,
  user: number | null = null,
): Promise<string> {
  try {
    await managerGate(access)({ address, headers, localUser: async () => user });
    return 'ok';
  } catch (error) {
    return /403\.\d/.exec(String(error))?.[0] ?? String(error);
  }
}

test('the right key is accepted from anywhere, and a wrong one from nowhere', async () => {
  assert.equal(await asked(CLOSED, '203.0.113.9', { 'x-api-key': KEY }), 'ok');
  assert.equal(await asked(CLOSED, '203.0.113.9', { 'x-api-key': 'wrong' }), '403.1');
  assert.equal(await asked(EMBEDDED, '127.0.0.1', { ...LOCAL, 'x-api-key': 'wrong' }), '403.1');
  assert.equal(await asked({ ...CLOSED, keys: [] }, '203.0.113.9', { 'x-api-key': '' }), '403.1');
});

test('without a key, only loopback of an embedded installation is accepted', async () => {
  for (const address of ['127.0.0.1', '::1', '::ffff:127.0.0.1', '127.3.2.1'])
    assert.equal(await asked(EMBEDDED, address, LOCAL), 'ok', address);
  assert.equal(await asked(EMBEDDED, '10.0.0.5', LOCAL), '403.6');
  assert.equal(await asked(EMBEDDED, null, LOCAL), '403.6');
  assert.equal(await asked(CLOSED, '127.0.0.1', LOCAL), '403.6');
});

test('on loopback, only root and the owner of the installation need no key', async () => {
  const access = { ...EMBEDDED, owners: [0, 1000] };
  for (const owner of [0, 1000]) assert.equal(await asked(access, '127.0.0.1', LOCAL, owner), 'ok');
  for (const other of [1001, 65_534, null]) {
    assert.equal(await asked(access, '127.0.0.1', LOCAL, other), '403.6');
    assert.equal(await asked(access, '127.0.0.1', { ...LOCAL, 'x-api-key': KEY }, other), 'ok');
  }
  assert.equal(await asked({ ...access, permitNetworks: ['10.0.0.0/8'] }, '10.0.0.5', {}, null), 'ok', 'not loopback');
});

test('a page of another site, or another host name for this machine, is not accepted as local', async () => {
  assert.equal(await asked(EMBEDDED, '127.0.0.1', { host: 'evil.example:30443' }), '403.6');
  assert.equal(await asked(EMBEDDED, '127.0.0.1', { ...LOCAL, origin: 'https://evil.example' }), '403.1');
  assert.equal(await asked(EMBEDDED, '127.0.0.1', { ...LOCAL, origin: 'null' }), '403.1');
  assert.equal(await asked(EMBEDDED, '127.0.0.1', { ...LOCAL, 'sec-fetch-site': 'cross-site' }), '403.1');
  assert.equal(
    await asked(EMBEDDED, '127.0.0.1', { ...LOCAL, origin: 'http://localhost:30443', 'sec-fetch-site': 'same-origin' }),
    'ok',
  );
});

test('permitted networks need no key, with IPv4 and IPv6', async () => {
  const access = { ...CLOSED, permitNetworks: ['10.0.0.0/8', '192.0.2.7', 'fd00::/8'] };
  for (const address of ['10.200.1.1', '192.0.2.7', '::ffff:10.1.1.1', 'fd12::1'])
    assert.equal(await asked(access, address, {}), 'ok', address);
  for (const address of ['11.0.0.1', '192.0.2.8', 'fe80::1'])
    assert.equal(await asked(access, address, {}), '403.6', address);
});

test('a client with an unknown address needs the key', async () => {
  assert.equal(await asked(EMBEDDED, null, LOCAL), '403.6');
  assert.equal(await asked(EMBEDDED, null, { ...LOCAL, 'x-api-key': KEY }), 'ok');
});

test('pods in a permitted network need no key; a node needs one, because it forwards other clients', async () => {
  const isPod = podMatcher(['10.42.0.0/24', 'fd00:42::/64']);
  const access = { ...CLOSED, permitNetworks: ['0.0.0.0/0', '::/0'], isPod: async (one: string | null) => isPod(one) };
  for (const address of ['10.42.0.17', 'fd00:42::11']) {
    assert.equal(await asked(access, address, {}), '403.6', address);
    assert.equal(await asked(access, address, { 'x-api-key': KEY }), 'ok', address);
  }
  for (const address of ['10.42.0.0', '10.42.0.1', 'fd00:42::1', '10.42.1.17', '203.0.113.9'])
    assert.equal(await asked(access, address, {}), 'ok', address);
});

test('a refusal names the header and the command that prints the key', async () => {
  const access = { ...CLOSED, keyCommand: 'kubectl get secret deskpod-manager-key' };
  for (const headers of [{}, { 'x-api-key': 'wrong' }]) {
    await assert.rejects(
      managerGate(access)({ address: '203.0.113.9', headers, localUser: async () => null }),
      /X-API-Key.*kubectl get secret deskpod-manager-key/,
    );
  }
});

test('the client address behind several proxies is the last one that is not a proxy', () => {
  const proxies = networkMatcher(['10.0.0.0/24']);
  assert.equal(clientAddress('10.0.0.1', '1.1.1.1, 2.2.2.2, 10.0.0.7', proxies), '2.2.2.2');
  assert.equal(clientAddress('10.0.0.1', '10.0.0.7', proxies), null);
  assert.equal(clientAddress('10.0.0.1', undefined, proxies), '10.0.0.1');
});

test('a network without access is refused even with the key, and a disabled API refuses every client', async () => {
  const access = { ...CLOSED, onlyNetworks: ['192.0.2.0/24'] };
  assert.equal(await asked(access, '203.0.113.9', { 'x-api-key': KEY }), '403.6');
  assert.equal(await asked(access, '192.0.2.9', { 'x-api-key': KEY }), 'ok');
  assert.equal(await asked({ ...EMBEDDED, enabled: false }, '127.0.0.1', { ...LOCAL, 'x-api-key': KEY }), '403.1');
});

test('an invalid range is refused with its name', () => {
  for (const bad of ['10.0.0.0/33', 'office', '::1/129', '10.0.0.1/x'])
    assert.throws(() => networkMatcher([bad]), new RegExp(bad.replaceAll('.', '\\.')));
});
