/** Reading lists of the files service, whose names apps choose. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { filesIn } from '#webdav/listing.ts';

const entry = (href: string, more = '') =>
  `<D:response><D:href>${href}</D:href><D:propstat><D:prop>${more}<D:getcontentlength>12</D:getcontentlength>` +
  '<D:getlastmodified ns0:dt="dateTime.rfc1123">Mon, 30 Nov 2026 10:00:00 GMT</D:getlastmodified></D:prop>' +
  '<D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response>';
const list = (...entries: string[]) =>
  `<?xml version="1.0" encoding="utf-8"?>\n<D:multistatus xmlns:D="DAV:">${entries.join('\n')}</D:multistatus>`;

test('files have a name, a size and a time; folders are left out', () => {
  const folder = '<D:resourcetype><D:collection/></D:resourcetype>';
  const found = filesIn(list(entry('/PDF/', folder), entry('/PDF/old', folder), entry('/PDF/a%20letter.pdf')));
  assert.deepEqual(found, [{ name: 'a letter.pdf', bytes: 12, changedAt: new Date('2026-11-30T10:00:00Z') }]);
});

test('names have any characters', () => {
  const names = ['Grüße.pdf', 'a&b<c>.pdf', '100%.pdf', "it's “so”.pdf", '日本.pdf'];
  const written = names.map((name) => entry(`/PDF/${encodeURIComponent(name).replaceAll("'", '&#39;')}`));
  assert.deepEqual(
    filesIn(list(...written)).map(({ name }) => name),
    names,
  );
  assert.equal(filesIn(list(entry('/PDF/a&amp;b.pdf')))[0]?.name, 'a&b.pdf');
});

test('what is no list, or has a name that is not UTF-8, is left out', () => {
  assert.deepEqual(filesIn('<html>no</html>'), []);
  assert.deepEqual(filesIn(list(entry('/PDF/%ff.pdf'))), []);
});
