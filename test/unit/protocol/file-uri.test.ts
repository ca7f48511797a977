/** Files as programs in the desktop name them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { array, assert as check, property, string } from 'fast-check';
import { filePath, fileUri, pathInHome } from '#protocol/file-uri.ts';
import { nameProblem } from '../../../web/files/names.ts';

const HOME = '/home/hermes';

test('every path has a URI that leads back to it', () => {
  const name = string({ unit: 'grapheme', minLength: 1, maxLength: 20 }).filter((text) => nameProblem(text) === null);
  check(
    property(array(name, { maxLength: 4 }), (names) => {
      assert.equal(pathInHome(fileUri(names.join('/'), HOME), HOME), names.join('/'));
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
