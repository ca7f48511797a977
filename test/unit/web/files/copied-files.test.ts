/** Files on the desktop's clipboard, as file managers write and read them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { filesOfForm, fileForm, formsOfFiles } from '../../../../web/files/copied-files.ts';

const HOME = '/home/hermes';
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const GNOME = 'x-special/gnome-copied-files';

test('copied files have three forms: text, a list of URIs, and GNOME’s with the verb', () => {
  const forms = formsOfFiles('MOVE', ['a b.txt', 'Docs/ü.odt'], HOME);
  assert.deepEqual(
    forms.map(({ type, data }) => [type, new TextDecoder().decode(data)]),
    [
      ['text/plain', '/home/hermes/a b.txt\n/home/hermes/Docs/ü.odt'],
      ['text/uri-list', 'file:///home/hermes/a%20b.txt\r\nfile:///home/hermes/Docs/%C3%BC.odt\r\n'],
      [GNOME, 'cut\nfile:///home/hermes/a%20b.txt\nfile:///home/hermes/Docs/%C3%BC.odt'],
    ],
  );
});

test('each form is read back as the same files', () => {
  const paths = ['a b.txt', 'Docs/ü.odt'];
  for (const { type, data } of formsOfFiles('MOVE', paths, HOME).slice(1))
    assert.deepEqual(filesOfForm(type, data, HOME), {
      verb: type === GNOME ? 'MOVE' : 'COPY',
      paths,
      outside: [],
    });
});

test('files outside of the home folder are named, and not pasted', () => {
  const list = 'copy\nfile:///etc/pass%20wd\nfile:///home/hermes/a\nfile:///home/hermes\ntrash:///x\n\0';
  assert.deepEqual(filesOfForm(GNOME, bytes(list), HOME), {
    verb: 'COPY',
    paths: ['a'],
    outside: ['/etc/pass wd', '/home/hermes', 'trash:///x'],
  });
});

test('comments, duplicates and other ends of lines don’t count; an unknown verb copies', () => {
  const list = bytes('# comment\r\nfile:///home/hermes/a\r\nfile:///home/hermes/a\n');
  assert.deepEqual(filesOfForm('text/uri-list', list, HOME).paths, ['a']);
  assert.equal(filesOfForm(GNOME, bytes('link\nfile:///home/hermes/a'), HOME).verb, 'COPY');
  assert.deepEqual(filesOfForm(GNOME, bytes(''), HOME), { verb: 'COPY', paths: [], outside: [] });
});

test('GNOME’s form is preferred, as only it says whether the files were cut', () => {
  assert.equal(fileForm(['text/plain', 'text/uri-list', GNOME]), GNOME);
  assert.equal(fileForm(['text/uri-list']), 'text/uri-list');
  assert.equal(fileForm(['text/plain', 'image/png']), null);
});
