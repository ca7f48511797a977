/** Under which headers a file is sent: nothing in it becomes a page of this server. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { disposition, fileHeaders } from '#gateway/files/media.ts';

const kindOf = (type: string | undefined): string | undefined =>
  fileHeaders('x', type, true)['content-disposition']?.split(';')[0];

test('only types without scripts are shown', () => {
  for (const type of ['image/png', 'image/webp', 'audio/mpeg', 'video/mp4', 'text/plain; charset=x', 'application/pdf'])
    assert.equal(kindOf(type), 'inline', type);
  for (const type of [
    undefined,
    '',
    'text/html',
    'TEXT/HTML',
    'image/svg+xml',
    'IMAGE/SVG+XML; x',
    'application/xhtml+xml',
    'text/xml',
    'text/javascript',
    'application/octet-stream',
    'image/png\r\nx: y',
  ])
    assert.equal(kindOf(type), 'attachment', type);
  assert.match(fileHeaders('x', 'image/png', false)['content-disposition'] ?? '', /^attachment/);
});

test('what is shown is in a sandbox, except PDF, whose viewer refuses one', () => {
  assert.match(fileHeaders('x', 'text/plain', true)['content-security-policy'] ?? '', /^sandbox; default-src 'none'/);
  const ofPdf = fileHeaders('x', 'application/pdf', true)['content-security-policy'] ?? '';
  assert.match(ofPdf, /^default-src 'none'; object-src 'self'/);
  assert.match(fileHeaders('x', 'application/pdf', false)['content-security-policy'] ?? '', /^sandbox/);
});

test('any name is one valid header, and comes back from filename*', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 1 }), (name) => {
      const header = disposition('attachment', name);
      const [, plain = '', encoded = ''] =
        /^attachment; filename="([\x20-\x7e]*)"; filename\*=UTF-8''([\w.~%-]*)$/.exec(header) ?? [];
      assert.ok(!/["\\]/.test(plain) && plain !== '');
      assert.equal(decodeURIComponent(encoded), name.toWellFormed());
    }),
  );
});
