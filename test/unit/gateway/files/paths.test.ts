/** Paths and destinations: whatever a request says, the service gets a path within the home folder, or nothing. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { DeskpodError } from '#domain/errors.ts';
import { destinationOf, encodedPath, isPart, pathOfText, pathOfUrl } from '#gateway/files/paths.ts';

const name = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
  .filter((text) => !/[\p{Cc}/]/u.test(text) && text !== '.' && text !== '..' && Buffer.byteLength(text) <= 255);
const names = fc.array(name, { minLength: 1, maxLength: 8 });
const invalid = (error: unknown): boolean => error instanceof DeskpodError && error.code === 'invalid_request';

test('every name survives its way to the service unchanged', () => {
  fc.assert(
    fc.property(names, (path) => {
      const encoded = encodedPath(path, 'file');
      assert.match(encoded, /^[\x21-\x7e]+$/);
      assert.deepEqual(pathOfUrl(`/files${encoded}?inline`, '/files/'), path);
      assert.deepEqual(pathOfUrl(`/files${encodedPath(path, 'folder')}`, '/files/'), path);
      assert.deepEqual(pathOfText(`/${path.join('/')}`), path);
    }),
  );
});

test('any text is refused, or leads to names within the home folder', () => {
  const piece = fc.constantFrom(
    '..',
    '.',
    '/',
    '%2f',
    '%2e',
    '%2E%2e',
    '%00',
    '%0a',
    '\\',
    '%5c',
    'a',
    '%c3%a4',
    '%',
    '%ff',
    ';',
  );
  const text = fc.oneof(
    fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')),
    fc.string(),
  );
  fc.assert(
    fc.property(text, (rest) => {
      for (const parse of [
        () => pathOfUrl(`/files/${rest}`, '/files/'),
        () => destinationOf(`/desk/files/${rest}`, 'desk.example', '/desk/', '/files/'),
        () => destinationOf(`http://desk.example/files/${rest}`, 'desk.example', '/', '/files/'),
        () => pathOfText(rest),
      ]) {
        try {
          const path = parse();
          assert.ok(path.every((each) => each !== '' && each !== '.' && each !== '..' && !/[/\p{Cc}]/u.test(each)));
          const { pathname } = new URL(encodedPath(path, 'file'), 'http://files');
          assert.equal(pathname, encodedPath(path, 'file'), 'a URL parser takes it for another path');
        } catch (error) {
          if (!invalid(error)) throw error;
        }
      }
    }),
    { numRuns: 2000 },
  );
});

test('a destination is on this host and below /files/, with or without the prefix of the installation', () => {
  const at = (header: string | undefined) => destinationOf(header, 'desk.example:8443', '/desk/', '/files/');
  assert.deepEqual(at('https://desk.example:8443/desk/files/a/b%20c'), ['a', 'b c']);
  assert.deepEqual(at('/desk/files/a/'), ['a']);
  assert.deepEqual(at('/files/a'), ['a']);
  for (const wrong of [
    undefined,
    '',
    'files/a',
    'https://desk.example/desk/files/a',
    'https://desk.example:8443@evil.example/files/a',
    'https://user@desk.example:8443/files/a',
    '//desk.example:8443/files/a',
    'ftp://desk.example:8443/files/a',
    '/api/v1/session',
    '/files/../etc',
    '/files/a?x',
    '/filesystem/a',
  ])
    assert.throws(() => at(wrong), invalid, wrong);
});

test('names and paths have the lengths that Linux allows', () => {
  assert.deepEqual(pathOfUrl(`/files/${'x'.repeat(255)}`, '/files/'), ['x'.repeat(255)]);
  assert.throws(() => pathOfUrl(`/files/${'%C3%A4'.repeat(128)}`, '/files/'), invalid);
  assert.throws(() => pathOfUrl(`/files${`/${'x'.repeat(200)}`.repeat(21)}`, '/files/'), invalid);
});

test('an unfinished upload is known by its name', () => {
  assert.ok(isPart(['a', '.deskpod-0123abcd.part']));
  for (const other of ['.deskpod-xyz.part', '.deskpod-0123abcd.part.txt', 'a.part', '.deskpod-.part'])
    assert.ok(!isPart([other]), other);
  assert.ok(!isPart([]));
});
