/** Listings of the files service, which a program in the desktop could have written. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseListing, withRoot } from '#gateway/files/listing.ts';
import { commonFolder } from '#gateway/files/tree.ts';

const entry = (href: string, more = '<D:resourcetype/>'): string =>
  `<D:response>\n<D:href>${href}</D:href>\n<D:propstat>\n<D:prop>\n${more}</D:prop>\n</D:propstat>\n</D:response>\n`;
const FOLDER = '<D:resourcetype><D:collection/></D:resourcetype>';
const listing = (...entries: string[]): string => `<D:multistatus xmlns:D="DAV:">\n${entries.join('')}</D:multistatus>`;

test('names are decoded, sizes and times are read', () => {
  const more = `<D:getcontentlength>12</D:getcontentlength><D:getlastmodified ns0:dt="x">Mon, 30 Nov 2026 03:25:28 GMT</D:getlastmodified><D:resourcetype/>`;
  const found = parseListing(
    listing(entry('/a/', FOLDER), entry('/a/%C3%A4%20&amp;.txt', more), entry('/a/b/', FOLDER)),
  );
  assert.deepEqual(found?.children, [
    {
      href: '/a/%C3%A4%20&.txt',
      name: 'ä &.txt',
      isFolder: false,
      bytes: 12,
      changedAt: new Date('2026-11-30T03:25:28Z'),
    },
    { href: '/a/b/', name: 'b', isFolder: true, bytes: 0, changedAt: new Date(0) },
  ]);
  assert.equal(found?.self.isFolder, true);
});

test('entries that are not in the folder, and names that lead out of it, are left out', () => {
  const hrefs = [
    '/b/x',
    '/a/b/c',
    '/a/..',
    '/a/%2e%2e',
    '/a/x%2fy',
    '/a/%00',
    'http://elsewhere/a/x',
    '/a/x y',
    '/a//',
    '/a/ok',
  ];
  const found = parseListing(listing(entry('/a/', FOLDER), ...hrefs.map((href) => entry(href))));
  assert.deepEqual(
    found?.children.map(({ name }) => name),
    ['ok'],
  );
});

test('a file has no children, and what is no listing is none', () => {
  assert.deepEqual(parseListing(listing(entry('/a'), entry('/a/b')))?.children, []);
  assert.equal(parseListing('<html>'), null);
  assert.equal(parseListing('</D:response>'.repeat(100_000)), null);
});

test('addresses become those of this server', () => {
  assert.match(withRoot(listing(entry('/a/')), '/desk/files'), /<D:href>\/desk\/files\/a\/<\/D:href>/);
});

test('names in an archive start below the folder that the selection has in common', () => {
  assert.deepEqual(commonFolder([['a', 'b', 'c']]), ['a', 'b']);
  assert.deepEqual(
    commonFolder([
      ['a', 'b', 'c'],
      ['a', 'b', 'd'],
    ]),
    ['a', 'b'],
  );
  assert.deepEqual(
    commonFolder([
      ['a', 'b', 'c'],
      ['a', 'x'],
    ]),
    ['a'],
  );
  assert.deepEqual(commonFolder([['a', 'b'], ['c']]), []);
  assert.deepEqual(commonFolder([[]]), []);
});
