/** Authorities and origins: equal if a browser would reach the same server, in any spelling. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  hostInUrl,
  isFromHost,
  isFromOwnPage,
  parseAuthority,
  parseOrigin,
  originText,
} from '#domain/server/authority.ts';
import { originPolicy } from '#gateway/origin.ts';

const SAME: readonly (readonly [string, string])[] = [
  ['https://desk.example.org', 'desk.example.org'],
  ['https://desk.example.org', 'desk.example.org:443'],
  ['https://desk.example.org', 'desk.example.org:80'],
  ['http://desk.example.org', 'desk.example.org:80'],
  ['https://desk.example.org:443', 'desk.example.org'],
  ['https://desk.example.org:8443', 'desk.example.org:8443'],
  ['https://desk.example.org', 'DESK.Example.ORG'],
  ['https://desk.example.org', 'desk.example.org.'],
  ['https://desk.example.org.', 'desk.example.org:443'],
  ['HTTPS://Desk.Example.org', 'desk.example.org'],
  ['http://localhost', 'localhost:80'],
  ['http://[::1]:8080', '[::1]:8080'],
  ['http://[::1]', '::1'],
  ['http://[2001:db8::1]', '[2001:DB8:0:0::1]:80'],
  ['http://[fe80::1]:8080', '[fe80::1%25eth0]:8080'],
  ['https://xn--bcher-kva.example', 'bücher.example'],
  ['https://xn--bcher-kva.example', Buffer.from('bücher.example').toString('latin1')],
  ['https://xn--fiq.example', Buffer.from('中.example').toString('latin1')],
];

const OTHER: readonly (readonly [string, string])[] = [
  ['https://desk.example.org', 'desk.example.org:8443'],
  ['https://desk.example.org:8443', 'desk.example.org'],
  ['http://localhost:8080', 'localhost'],
  ['http://desk.example.org:443', 'desk.example.org:80'],
  ['https://evil.example', 'desk.example.org'],
  ['https://desk.example.org.evil.example', 'desk.example.org'],
  ['https://desk.example.org@evil.example', 'desk.example.org'],
  ['https://evil.example@desk.example.org', 'desk.example.org'],
  ['https://desk.example.org', 'evil@desk.example.org'],
  ['https://desk.example.org', 'desk.example.org/x'],
  ['https://desk.example.org', 'desk.example.org:99999'],
  ['https://desk.example.org', ''],
  ['null', 'null'],
  ['', ''],
  ['file://', ''],
  ['ftp://desk.example.org', 'desk.example.org'],
  ['https://a.example https://desk.example.org', 'desk.example.org'],
];

test('different spellings of the same server are equal', () => {
  for (const [origin, host] of SAME) assert.equal(isFromHost(origin, host), true, `${origin} ${host}`);
});

test('another server differs, and an invalid value matches none', () => {
  for (const [origin, host] of OTHER) assert.equal(isFromHost(origin, host), false, `${origin} ${host}`);
  assert.equal(isFromHost('https://x.example', undefined), false);
});

test('a page of the same host that came by another scheme is another page', () => {
  const page = { origin: 'https://desk.example.org', host: 'desk.example.org' };
  assert.equal(isFromOwnPage({ ...page, 'x-deskpod-page-scheme': 'https' }), true);
  assert.equal(isFromOwnPage({ ...page, 'x-deskpod-page-scheme': 'http' }), false);
  assert.equal(isFromOwnPage(page), true, 'only a proxy knows the scheme');
  assert.equal(isFromOwnPage({ host: 'desk.example.org', 'x-deskpod-page-scheme': 'http' }), true, 'not a page');
});

test('any origin is unchanged after writing and parsing it', () => {
  fc.assert(
    fc.property(fc.webUrl({ validSchemes: ['http', 'https'] }), (url) => {
      const origin = parseOrigin(new URL(url).origin);
      return origin !== null && originText(origin) === new URL(url).origin.replace(/\.(?=$|:\d)/, '');
    }),
  );
});

test('any text is parsed without an exception', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      parseAuthority(text);
      parseOrigin(text);
      parseOrigin(`https://${text}`);
    }),
  );
});

test('a URL has an IPv6 address in brackets, without its zone', () => {
  assert.deepEqual(['::', '::1', 'fe80::1%eth0', '127.0.0.1', 'desk'].map(hostInUrl), [
    '[::]',
    '[::1]',
    '[fe80::1]',
    '127.0.0.1',
    'desk',
  ]);
});

test('a configured origin is accepted in any spelling, and a refused one is logged once, with host and setting', () => {
  const said: object[] = [];
  const allowed = originPolicy(['https://Desk.example.org:443'], (message, about) => said.push({ message, ...about }));
  const host = 'internal:8080';
  assert.equal(allowed({ origin: 'https://desk.example.org', host }), true);
  assert.equal(allowed({ host }), true);
  for (const _ of [1, 2, 3]) assert.equal(allowed({ origin: 'https://other.example', host }), false);
  assert.equal(allowed({ origin: 'null', host }), false);
  const about = said.map((each) => ({ ...each, message: undefined }));
  assert.deepEqual(about, [
    { message: undefined, origin: 'https://other.example', host: 'internal:8080', setting: 'listen.allowedOrigins' },
    { message: undefined, origin: 'null', host: 'internal:8080', setting: 'listen.allowedOrigins' },
  ]);
});
