/** Printed addresses can be opened. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressesOf, outwardAddress } from '#server/addresses.ts';

const outward = async (): Promise<string> => '192.0.2.7';
const of = (host: string, address: string, more: { tls?: boolean; path?: string } = {}) =>
  addressesOf({ host, bound: { address, port: 30443 }, tls: more.tls ?? false, path: more.path ?? '/' }, outward);

test('the server listens on every address of the machine, prints one, and the command line uses loopback', async () => {
  assert.deepEqual(await of('::', '::', { tls: true, path: '/desk/' }), {
    listening: 'https://[::]:30443/desk/',
    people: 'https://192.0.2.7:30443/desk/',
    local: 'http://127.0.0.1:30443/desk/',
  });
  assert.equal((await of('0.0.0.0', '0.0.0.0', { tls: true })).people, 'https://192.0.2.7:30443');
});

test('a single address is printed unchanged, with IPv6 in brackets', async () => {
  assert.deepEqual(await of('::1', '::1'), {
    listening: 'http://[::1]:30443',
    people: 'http://[::1]:30443',
    local: 'http://[::1]:30443',
  });
  const loopback = await of('127.0.0.1', '127.0.0.1');
  assert.deepEqual([loopback.people, loopback.local], ['http://localhost:30443', 'http://127.0.0.1:30443']);
  const named = await of('desk.example.org', '203.0.113.7', { tls: true });
  assert.deepEqual([named.people, named.local], ['https://desk.example.org:30443', 'https://desk.example.org:30443']);
  assert.equal((await of('fe80::1%eth0', 'fe80::1%eth0')).people, 'http://[fe80::1]:30443');
});

test("the machine's address for the network can be opened", async () => {
  const address = await outwardAddress();
  assert.ok(URL.canParse(`http://${address}:1/`) && address !== '0.0.0.0', address);
});
