/** Names and sizes in the list of files that would be deleted. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shownPath, sizeOf } from '../../../web/desktop/home-model.ts';

test('a name is shown on one line, with special characters escaped', () => {
  assert.equal(shownPath('Documents/Größe 東京.txt'), 'Documents/Größe 東京.txt');
  assert.equal(shownPath('two\nlines\u001b[2J'), 'two\\u{a}lines\\u{1b}[2J');
  assert.equal(shownPath('evil\u202Etxt.exe'), 'evil\\u{202e}txt.exe');
  assert.equal(shownPath('a\u2028b'), 'a\\u{2028}b');
});

test('small sizes are in bytes, large ones in the usual units', () => {
  assert.deepEqual([0, 1, 1023, 1024, 3 << 20].map(sizeOf), ['0 bytes', '1 byte', '1,023 bytes', '1 kB', '3 MB']);
});
