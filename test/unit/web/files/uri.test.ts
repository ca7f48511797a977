/** Files as programs in the desktop name them, and their list of recently used ones. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { array, assert as check, property, string } from 'fast-check';
import { nameProblem } from '../../../../web/files/names.ts';
import { recentPaths } from '../../../../web/files/recent.ts';
import { filePath, pathInHome, uriOf } from '../../../../web/files/uri.ts';

const HOME = '/home/hermes';

test('every path has a URI that leads back to it', () => {
  const name = string({ unit: 'grapheme', minLength: 1, maxLength: 20 }).filter((text) => nameProblem(text) === null);
  check(
    property(array(name, { maxLength: 4 }), (names) => {
      assert.equal(pathInHome(uriOf(names.join('/'), HOME), HOME), names.join('/'));
    }),
  );
});

test('what lies outside of the home folder, or is no file, has no path in it', () => {
  for (const uri of [
    'file:///etc/passwd',
    'file:///home/hermesandzoidberg/x',
    'file:///home/hermes/../amy/x',
    'file:///home/hermes/a%2Fb',
    'file:///home/hermes/%ff',
    'file:///home/hermes/a%00b',
    'file://otherhost/home/hermes/x',
    'https://example.org/home/hermes/x',
    'trash:///x',
    '',
  ])
    assert.equal(pathInHome(uri, HOME), null, uri);
  assert.equal(pathInHome('file://localhost/home/hermes/a%20b/', HOME), 'a b');
  assert.equal(pathInHome('file:///home/hermes', HOME), '');
  assert.equal(filePath('file:///etc/a%20b'), '/etc/a b');
});

test('recently used files are those of the home folder, the latest first, also from a list that breaks off', () => {
  const bookmark = (href: string, visited: string): string =>
    `<bookmark href="${href}" added="2026-01-01T00:00:00Z" modified="2026-01-01T00:00:00Z" visited="${visited}"><info/></bookmark>`;
  const list = [
    '<?xml version="1.0" encoding="UTF-8"?><xbel version="1.0">',
    bookmark('file:///home/hermes/old.txt', '2026-02-01T10:00:00.5Z'),
    bookmark('file:///etc/passwd', '2026-04-01T10:00:00Z'),
    bookmark('file:///home/hermes/R&amp;D%20plan.odt', '2026-03-01T10:00:00Z'),
    bookmark('file:///home/hermes/never', 'yesterday'),
    '<bookmark href="file:///home/hermes/cut',
  ].join('\n');
  assert.deepEqual(recentPaths(list, HOME), ['R&D plan.odt', 'old.txt']);
  assert.deepEqual(recentPaths('<html>', HOME), []);
});
