/** The answer to PROPFIND: strict, bounded, and indifferent to where the server thinks that it is. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseEntry, parseListing, type XmlElement } from '../../../../web/files/multistatus.ts';

function element(localName: string, ...content: readonly (XmlElement | string)[]): XmlElement {
  const children = content.filter((one) => typeof one !== 'string');
  const text = content.map((one) => (typeof one === 'string' ? one : (one.textContent ?? ''))).join('');
  return { localName, namespaceURI: 'DAV:', textContent: text, children };
}

interface File {
  readonly size?: string;
  readonly type?: string;
  readonly folder?: boolean;
  readonly status?: string;
  readonly changed?: string;
}

const response = (href: string, { size = '', type = '', folder = false, status = '200 OK', changed = '' }: File = {}) =>
  element(
    'response',
    element('href', href),
    element('propstat', element('prop', element('quota')), element('status', 'HTTP/1.1 404 Not Found')),
    element(
      'propstat',
      element(
        'prop',
        element('resourcetype', ...(folder ? [element('collection')] : [])),
        element('getcontentlength', size),
        element('getlastmodified', changed),
        element('getcontenttype', type),
      ),
      element('status', `HTTP/1.1 ${status}`),
    ),
  );
const listed = (folder: string, ...responses: readonly XmlElement[]) =>
  parseListing(element('multistatus', ...responses), folder)?.entries;

test('a folder lists its files and folders without itself', () => {
  const changed = 'Mon, 30 Nov 2026 03:37:12 GMT';
  assert.deepEqual(
    listed(
      'My files',
      response('/files/My%20files/', { folder: true, size: '4096' }),
      response('/files/My%20files/a%23b.txt', { size: '12', type: 'Text/Plain; charset=utf-8', changed }),
      response('/files/My%20files/sub/', { folder: true, size: '4096', type: 'httpd/unix-directory' }),
    ),
    [
      {
        path: 'My files/a#b.txt',
        name: 'a#b.txt',
        folder: false,
        size: 12,
        modified: Date.parse(changed),
        type: 'text/plain',
      },
      { path: 'My files/sub', name: 'sub', folder: true, size: 0, modified: null, type: '' },
    ],
  );
});

test('it makes no difference whether hrefs are URLs, or paths of another root', () => {
  for (const root of ['/', '/files/', 'https://desk.example/desk/files/'])
    assert.deepEqual(
      listed('', response(root, { folder: true }), response(`${root}a`))?.map(({ path }) => path),
      ['a'],
    );
});

test('unfinished uploads are never listed', () => {
  assert.deepEqual(listed('', response('/'), response('/.deskpod-00ff.part'), response('/.deskpod-x.part'))?.length, 1);
});

test('what isn’t a name of this folder is left out', () => {
  const hrefs = ['/a/b', '/%2e%2e', '/a%2Fb', '/%00', '/%ff', 'a', '//', 'javascript:alert(1)'];
  assert.deepEqual(listed('', response('/'), ...hrefs.map((href) => response(href))), []);
});

test('an entry whose properties are missing is left out, one with a strange size has none', () => {
  assert.deepEqual(
    listed('', response('/'), response('/gone', { status: '404 Not Found' }), response('/odd', { size: '-1' }))?.map(
      ({ name, size }) => [name, size],
    ),
    [['odd', 0]],
  );
});

test('a document that isn’t a multistatus is refused', () => {
  assert.equal(parseListing(element('html'), ''), null);
  assert.equal(parseListing({ ...element('multistatus'), namespaceURI: 'other' }, ''), null);
  assert.equal(parseEntry(element('parsererror'), 'a'), null);
});

test('the number of entries is bounded, and the listing says that it is cut', () => {
  const many = Array.from({ length: 20 }, (_, at) => response(`/f${at}`));
  const listing = parseListing(element('multistatus', response('/'), ...many), '', 10);
  assert.deepEqual([listing?.entries.length, listing?.cut], [10, true]);
});

test('a single entry has the path that was asked for, also an unfinished upload', () => {
  const root = element('multistatus', response('/files/x/.deskpod-00ff.part', { size: '7' }));
  assert.deepEqual(parseEntry(root, 'x/.deskpod-00ff.part')?.size, 7);
});
