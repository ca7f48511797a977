/** Names of files: which are refused, and which other name is found. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { PART_NAME } from '#protocol/files.ts';
import {
  isPart,
  MAX_NAME_BYTES,
  nameProblem,
  normalName,
  numberedName,
  splitName,
} from '../../../../web/files/names.ts';
import { partName } from '../../../../web/files/part-name.ts';
import { ancestors, encoded, folderOf, isWithin, joined, nameOf, namesOf } from '../../../../web/files/paths.ts';

test('names that a file system or a person can’t use are refused, with the reason', () => {
  assert.equal(nameProblem('Größe 東京 (2).tar.gz'), null);
  assert.equal(nameProblem('.bashrc'), null);
  assert.equal(nameProblem('  '), 'empty');
  assert.equal(nameProblem('a/b'), 'slash');
  assert.equal(nameProblem('a\0b'), 'control');
  assert.equal(nameProblem('a\nb'), 'control');
  assert.equal(nameProblem('evil\u202Etxt.exe'), 'control');
  assert.equal(nameProblem('\uD800'), 'control');
  assert.equal(nameProblem('..'), 'dots');
  assert.equal(nameProblem('.deskpod-00ff.part'), 'reserved');
});

test('a name has at most 255 bytes in UTF-8', () => {
  assert.equal(nameProblem('a'.repeat(255)), null);
  assert.equal(nameProblem('a'.repeat(256)), 'long');
  assert.equal(nameProblem('é'.repeat(128)), 'long');
});

test('letters with accents have one form', () => {
  assert.equal(normalName('e\u0301'), 'é');
});

test('the ending of a name is its type, also with two parts; hidden files have none', () => {
  assert.deepEqual(splitName('photo.jpg'), ['photo', '.jpg']);
  assert.deepEqual(splitName('home.tar.gz'), ['home', '.tar.gz']);
  assert.deepEqual(splitName('.bashrc'), ['.bashrc', '']);
  assert.deepEqual(splitName('no ending'), ['no ending', '']);
});

test('the second file of a name has a number before the ending', () => {
  assert.equal(numberedName('photo.jpg', 2), 'photo (2).jpg');
  assert.equal(numberedName('photo (2).jpg', 3), 'photo (3).jpg');
  assert.equal(numberedName('folder', 12), 'folder (12)');
});

test('a numbered name is never too long, and differs for each number', () => {
  fc.assert(
    fc.property(
      fc.string({ minLength: 1, maxLength: 300, unit: 'grapheme' }),
      fc.integer({ min: 2, max: 998 }),
      (name, count) => {
        if (nameProblem(name) !== null) return;
        const other = numberedName(name, count);
        assert.ok(Buffer.byteLength(other) <= MAX_NAME_BYTES);
        assert.notEqual(other, numberedName(name, count + 1));
        assert.ok(other.includes(`(${count})`));
      },
    ),
  );
});

test('an unfinished upload has the same hidden name each time, and another one for another size, time or name', () => {
  const file = { name: 'video.mkv', size: 5_000_000_000, modified: 1_700_000_000_000 };
  assert.equal(partName(file), partName({ ...file }));
  assert.match(partName(file), PART_NAME);
  assert.ok(isPart(partName(file)));
  const names = [file, { ...file, size: 1 }, { ...file, modified: 1 }, { ...file, name: 'v' }].map(partName);
  assert.equal(new Set(names).size, 4);
});

test('paths are joined and taken apart below the home folder', () => {
  assert.equal(joined('', 'a'), 'a');
  assert.equal(joined('a/b', 'c'), 'a/b/c');
  assert.deepEqual([folderOf('a/b/c'), folderOf('a'), folderOf('')], ['a/b', '', '']);
  assert.deepEqual([nameOf('a/b'), nameOf('a')], ['b', 'a']);
  assert.deepEqual(ancestors('a/b/c'), ['a', 'a/b', 'a/b/c']);
  assert.deepEqual(namesOf(''), []);
  assert.ok(isWithin('a/b', 'a') && isWithin('a', 'a') && isWithin('x', '') && !isWithin('ab', 'a'));
});

test('each name is encoded for itself in a URL', () => {
  assert.equal(encoded(''), '/files/');
  assert.equal(encoded('My files/100% #1?.txt'), '/files/My%20files/100%25%20%231%3F.txt');
});
