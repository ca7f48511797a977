/** Descriptions of files in the trash, as the freedesktop.org specification has them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { formatTrashInfo, infoPath, parseTrashInfo, trashedPath } from '../../../../web/files/trash-info.ts';

const AT = new Date(2026, 10, 30, 3, 7, 9);

test('a description has the absolute path, percent-encoded, and the local time', () => {
  assert.equal(
    formatTrashInfo('/home/leela', 'My files/100% Größe.txt', AT),
    '[Trash Info]\nPath=/home/leela/My%20files/100%25%20Gr%C3%B6%C3%9Fe.txt\nDeletionDate=2026-11-30T03:07:09\n',
  );
  assert.equal(infoPath('a.txt'), '.local/share/Trash/info/a.txt.trashinfo');
  assert.equal(trashedPath('a.txt'), '.local/share/Trash/files/a.txt');
});

test('descriptions of desktop programs are understood', () => {
  const text = '[Trash Info]\r\nPath=/home/u-leela..0a1b2c3d/a+b%20c\r\nDeletionDate=2026-11-30T03:07:09\r\n';
  assert.deepEqual(parseTrashInfo(text), { path: 'a+b c', deleted: AT.getTime() });
});

test('places outside the home folder, and other files, aren’t believed', () => {
  const of = (path: string) => parseTrashInfo(`[Trash Info]\nPath=${path}\nDeletionDate=x\n`);
  assert.deepEqual(of('/home/leela/a'), { path: 'a', deleted: null });
  for (const path of [
    '/etc/passwd',
    '/home/leela/../fry/a',
    '/home/leela/a//b',
    '/home/leela/',
    'a',
    '/home/x/%00',
    '%',
  ])
    assert.equal(of(path), null, path);
  assert.equal(parseTrashInfo('[Desktop Entry]\nPath=/home/a/b'), null);
  assert.equal(parseTrashInfo(''), null);
});

test('a name with a line break comes back, too', () => {
  const path = 'two\nlines/\u2028';
  assert.equal(parseTrashInfo(formatTrashInfo('/home/leela', path, AT))?.path, path);
});

test('every path comes back as it was', () => {
  const name = fc
    .string({ minLength: 1, maxLength: 20, unit: 'grapheme' })
    .filter((one) => !/[/\0]/.test(one) && one !== '.' && one !== '..' && one.isWellFormed());
  fc.assert(
    fc.property(fc.array(name, { minLength: 1, maxLength: 5 }), (names) => {
      const path = names.join('/');
      assert.equal(parseTrashInfo(formatTrashInfo('/home/leela', path, AT))?.path, path);
    }),
  );
});
