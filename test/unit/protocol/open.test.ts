/** What can be opened: paths below the home folder, and links of the web and to email addresses. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { kindOf, OpenRequest } from '#protocol/open.ts';

const accepts = (request: unknown): boolean => OpenRequest.safeParse(request).success;

test('a path stays below the home folder', () => {
  for (const path of ['note.txt', 'a folder/', 'ä/ö.md', '', '-rf', '..a', 'a..']) assert.ok(accepts({ path }), path);
  for (const path of ['/etc/passwd', '../x', 'a/../../x', './x', 'a//b', '/', 'a\nb', 'a\0', 'a\u001b[2J', 'a\u0085'])
    assert.ok(!accepts({ path }), path);
  assert.ok(!accepts({ path: 'x'.repeat(4097) }));
});

test('whatever is accepted has no part that leads upwards, and no control character', () => {
  const parts = fc.array(fc.constantFrom('a', '..', '.', '', 'b c', '\n'), { maxLength: 5 });
  fc.assert(
    fc.property(parts, (all) => {
      const path = all.join('/');
      return !accepts({ path }) || !/(^|\/)\.{1,2}(\/|$)|\/\/|^\/|\n/.test(path);
    }),
  );
});

test('a link is http, https or mailto, and nothing that runs', () => {
  for (const url of ['http://a', 'https://a.example/?q=1#x', 'mailto:fry@example.org', 'HTTPS://A'])
    assert.ok(accepts({ url }), url);
  for (const url of [
    'javascript:alert(1)',
    'file:///etc/passwd',
    'data:text/html,x',
    'ftp://a',
    'a',
    '',
    'https://a\n',
  ])
    assert.ok(!accepts({ url }), url);
});

test('a request is for one thing', () => {
  assert.ok(!accepts({ path: 'a', url: 'http://a' }));
  assert.ok(!accepts({}));
});

test('the kind is the extension in lower case; hidden files have none by their dot', () => {
  assert.deepEqual(
    ['a.MD', 'x.y/README', '.bashrc', 'a.tar.gz', 'dir.d/', 'end.'].map((path) => kindOf({ path })),
    ['.md', '.', '.', '.gz', '/', '.'],
  );
  assert.deepEqual([kindOf({ url: 'https://a' }), kindOf({ url: 'MAILTO:a@b' })], ['web:', 'mailto:']);
});
