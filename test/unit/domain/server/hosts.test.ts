/** The names by which the server can be called. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ANY_HOST, canonicalName, hostPolicy } from '#domain/server/hosts.ts';
import { logThrottle } from '#domain/server/log-throttle.ts';

const NAMES = ['Desk.Example.org', '*.lab.example', 'bücher.example'];

test('addresses, local names and configured names are accepted with any port, others are not', () => {
  const { accepts } = hostPolicy(NAMES, () => {});
  for (const host of [
    'localhost:30443',
    'LOCALHOST.',
    'a.localhost',
    '127.0.0.1:1',
    '[::1]:30443',
    '203.0.113.9',
    '[2001:db8::1]',
    'host.containers.internal:30443',
    'desk.example.org',
    'DESK.example.ORG:8443',
    'a.lab.example',
    'a.b.lab.example:1',
    'xn--bcher-kva.example',
  ])
    assert.equal(accepts(host), true, host);
  for (const host of [
    'evil.example:30443',
    'localhost.evil.example',
    'desk.example.org.evil.example',
    'evildesk.example.org',
    'lab.example',
    'evil-lab.example',
    '127.0.0.1.evil.example',
    'user@localhost',
    'localhost/',
    'localhost evil.example',
    '',
  ])
    assert.equal(accepts(host), false, host);
});

test('programs that send no name are not browsers', () => {
  assert.equal(hostPolicy([], () => {}).accepts(undefined), true);
});

test('without a list every name is accepted', () => {
  assert.equal(ANY_HOST.accepts('evil.example'), true);
  assert.equal(ANY_HOST.isRestricted, false);
});

test('no text makes the check fail, and no name passes that only contains an accepted one', () => {
  const { accepts } = hostPolicy(NAMES, () => {});
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      accepts(text);
      canonicalName(text);
    }),
  );
  fc.assert(fc.property(fc.domain(), (domain) => !accepts(`localhost.${domain}`) && !accepts(`127.0.0.1.${domain}`)));
});

test('a refused name is logged once in a while, with the setting', () => {
  const said: object[] = [];
  const { refused } = hostPolicy([], (message, fields) => said.push(fields));
  for (const host of ['evil.example', 'evil.example', 'other.example']) refused(host);
  assert.deepEqual(said, [
    { host: 'evil.example', setting: 'listen.allowedHosts' },
    { host: 'other.example', setting: 'listen.allowedHosts' },
  ]);
});

test('what others cause is reported for few keys, and again after a while', () => {
  let now = 0;
  const isDue = logThrottle(() => now);
  assert.equal(isDue('a'), true);
  assert.equal(isDue('a'), false);
  const due = Array.from({ length: 1000 }, (_, index) => isDue(`${index}`)).filter(Boolean);
  assert.ok(due.length < 100);
  now += 11 * 60_000;
  assert.equal(isDue('a'), true);
});
