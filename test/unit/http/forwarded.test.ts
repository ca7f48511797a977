/** Forwarded headers of proxies: lists in every notation in use. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { networkMatcher, parseAddress } from '#domain/server/networks.ts';
import { clientAddress, forwardedHost, forwardedScheme } from '#http/forwarded.ts';

const isProxy = networkMatcher(['10.0.0.0/8', 'fd00::/8']);
const client = (forwarded: string | string[]) => clientAddress('10.0.0.1', forwarded, isProxy);

test('a client is one address, with or without port, brackets, quotes and spaces', () => {
  const forms: Readonly<Record<string, readonly string[]>> = {
    '203.0.113.5': [
      '203.0.113.5',
      '203.0.113.5:40000',
      ' 203.0.113.5:1 , 10.0.0.7',
      '1.1.1.1, 203.0.113.5:40001,10.0.0.7:55555',
      '203.0.113.5,,',
      ', ,203.0.113.5',
      '"203.0.113.5:40000"',
      '::ffff:203.0.113.5',
      '[::ffff:cb00:7105]:40000',
      'unknown, 203.0.113.5',
    ],
    '2001:db8::5': [
      '2001:db8::5',
      '[2001:db8::5]',
      '[2001:DB8:0::5]:40000',
      '"[2001:db8::5]:40000"',
      '2001:db8::5%eth0',
      '[2001:db8::5], [fd00::1]:443',
    ],
  };
  for (const [address, written] of Object.entries(forms))
    for (const header of written) assert.equal(client(header), address, header);
  assert.equal(client(['1.1.1.1', '203.0.113.5']), '203.0.113.5', 'two headers are one list');
});

test('an invalid address is an unknown client, never a client of its own', () => {
  for (const header of [
    'unknown',
    '_hidden',
    '203.0.113.5, unknown',
    '203.0.113.5, _SEVKISEK',
    '203.0.113.5:port',
    '203.0.113',
    '999.1.1.1',
    '[203.0.113.5]',
    '[2001:db8::5',
    '10.0.0.7',
    'desk.example.org',
  ])
    assert.equal(client(header), null, header);
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const found = client(text);
      return found === null || found === '10.0.0.1' || parseAddress(found) === found;
    }),
  );
});

test('a proxy may send an empty header; any header from another client makes its address unknown', () => {
  assert.equal(client(''), '10.0.0.1');
  assert.equal(client(' , '), '10.0.0.1');
  assert.equal(clientAddress('203.0.113.9', '', isProxy), null);
});

test('the host is an authority, and the scheme is one of two', () => {
  assert.equal(forwardedHost('a.example, Desk.Example.org.:8443 '), 'desk.example.org:8443');
  assert.equal(forwardedHost('desk.example.org,'), 'desk.example.org');
  assert.equal(forwardedHost('::1'), '[::1]');
  for (const bad of ['', 'a b', 'user@desk', 'desk/x', 'unknown host'])
    assert.equal(forwardedHost(bad), undefined, bad);
  assert.deepEqual(['https', ' HTTPS', 'http, https', 'wss', 'ws', 'gopher', '', ','].map(forwardedScheme), [
    'https',
    'https',
    'https',
    'https',
    'http',
    undefined,
    undefined,
    undefined,
  ]);
});

test('networks match addresses in any spelling', () => {
  const inside = networkMatcher(['10.0.0.0/8', '::ffff:192.168.0.0/120', '2001:db8::/32']);
  for (const address of ['10.1.1.1', '::ffff:10.1.1.1', '::ffff:a01:101', '192.168.0.9', '2001:DB8::1%eth0'])
    assert.equal(inside(address), true, address);
  for (const address of ['11.1.1.1', '192.168.1.1', '2001:db9::1', 'unknown', '', '10.1.1.1:80'])
    assert.equal(inside(address), false, address);
  for (const bad of ['10.0.0.0/', '10.0.0.0/8/9', '10.0.0.0/1e1', '::ffff:10.0.0.0/90', '10.0.0.0/-1'])
    assert.throws(() => networkMatcher([bad]), /neither/, bad);
});
