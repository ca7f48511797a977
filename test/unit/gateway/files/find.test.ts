/** Searching the names of the files of a home folder. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { FoundFiles } from '#protocol/files.ts';
import { filesServer } from '../../../fakes/files-gateway.ts';
import { listenOn } from '../../../fakes/replicas.ts';

/** By folder: its entries, folders with a slash at the end. A folder without an entry here can't be read. */
type Tree = Readonly<Record<string, readonly string[]>>;

const entry = (href: string, day: number): string =>
  `<D:response><D:href>${href}</D:href><D:propstat><D:prop>` +
  (href.endsWith('/')
    ? '<D:resourcetype><D:collection/></D:resourcetype>'
    : '<D:getcontentlength>12</D:getcontentlength>') +
  `<D:getlastmodified>Mon, ${day + 1} Nov 2026 10:00:00 GMT</D:getlastmodified></D:prop>` +
  '<D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response>';

async function stage(tree: Tree, recentlyUsed = '') {
  const listed: string[] = [];
  const service = createServer((request, response) => {
    const folder = decodeURIComponent(request.url ?? '/');
    if (request.method === 'PROPFIND') listed.push(folder);
    request.resume();
    if (request.method === 'GET') return void response.end(recentlyUsed);
    const names = tree[folder] ?? tree[`${folder}/`];
    if (names === undefined) return void response.writeHead(403).end();
    const at = encodeURI(folder.endsWith('/') ? folder : `${folder}/`);
    const entries = names.map((name, day) => entry(at + encodeURI(name), day % 20));
    response.writeHead(207);
    return void response.end(`<D:multistatus xmlns:D="DAV:">${[entry(at, 0), ...entries].join('')}</D:multistatus>`);
  });
  const port = await listenOn(service, '127.0.0.1');
  const server = await filesServer({ service: { host: '127.0.0.1', port } });
  return {
    listed,
    reply: (query: string) => server.ask('GET', `/files/?find=${encodeURIComponent(query)}`),
    async found(query: string) {
      const reply = await this.reply(query);
      return FoundFiles.parse(await reply.json());
    },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      service.closeAllConnections();
      service.close();
    },
  };
}

const paths = ({ files }: FoundFiles): string[] => files.map(({ path }) => path);

test('finds names that have all words, wherever they are, regardless of case and accents', async () => {
  await using on = await stage({
    '/': ['Docs/', 'budget.ods', '.budget'],
    '/Docs/': ['Old/', 'Café budget.odt', 'notes.txt'],
    '/Docs/Old/': ['BUDGET of the café 2019.pdf'],
  });
  const found = paths(await on.found('cafe BUD'));
  assert.deepEqual(found.toSorted(), ['Docs/Café budget.odt', 'Docs/Old/BUDGET of the café 2019.pdf']);
  const [folder] = (await on.found('old')).files;
  assert.deepEqual([folder?.path, folder?.folder, folder?.size], ['Docs/Old', true, 0]);
  assert.deepEqual(await on.found('nothing'), { files: [], complete: true });
});

test('beginnings come first, then words, then parts; among equals the newest', async () => {
  await using on = await stage({ '/': ['replan.txt', 'my plan.txt', 'plan a.txt', 'plan b.txt'] });
  assert.deepEqual(paths(await on.found('plan')), ['plan b.txt', 'plan a.txt', 'my plan.txt', 'replan.txt']);
});

test('what programs used last comes first, whatever else is in their list', async () => {
  const bookmark = (href: string, visited: string): string =>
    `<bookmark href="${href}" added="2026-01-01T00:00:00Z" modified="2026-01-01T00:00:00Z" visited="${visited}"><info/></bookmark>`;
  const list = [
    '<?xml version="1.0" encoding="UTF-8"?><xbel version="1.0">',
    bookmark('file:///home/hermes/old%20plan', '2026-02-01T10:00:00.5Z'),
    bookmark('file:///etc/plan', '2026-04-01T10:00:00Z'),
    bookmark('file:///home/hermes/R&amp;D%20plan', '2026-03-01T10:00:00Z'),
    bookmark('file:///home/hermes/plan', 'yesterday'),
    '<bookmark href="file:///home/hermes/plan',
  ].join('\n');
  await using on = await stage({ '/': ['plan', 'old plan', 'R&D plan'] }, list);
  assert.deepEqual(paths(await on.found('plan')), ['R&D plan', 'old plan', 'plan']);
});

test('hidden folders and unfinished uploads are left out, and a folder that can’t be read doesn’t end the search', async () => {
  await using on = await stage({
    '/': ['.cache/', 'locked/', 'Docs/', '.deskpod-0a.part'],
    '/.cache/': ['plan'],
    '/Docs/': ['plan'],
  });
  const found = await on.found('plan');
  assert.deepEqual([paths(found), found.complete], [['Docs/plan'], true]);
  assert.ok(!on.listed.some((folder) => folder.startsWith('/.cache')));
});

test('of ten thousand files, the best fifty are found in one listing, and it says that there are more', async () => {
  await using on = await stage({ '/': Array.from({ length: 10_000 }, (_, at) => `file ${at}.txt`) });
  const found = await on.found('file');
  assert.deepEqual([found.files.length, found.complete, on.listed.length], [50, false, 1]);
  assert.deepEqual(paths(await on.found('file 9999')), ['file 9999.txt']);
});

test('a circle of folders ends, and says that not everything was searched', async () => {
  const names = Array.from({ length: 40 }, (_, at) => at);
  const tree = Object.fromEntries(names.map((at) => [`/${'d/'.repeat(at)}`, ['d/']]));
  await using on = await stage(tree);
  assert.equal((await on.found('plan')).complete, false);
  assert.ok(on.listed.length < 20);
});

test('a search without a word, or of too many characters, is refused', async () => {
  await using on = await stage({ '/': [] });
  assert.equal((await on.reply('  ')).status, 400);
  assert.equal((await on.reply('x'.repeat(201))).status, 400);
  assert.equal(on.listed.length, 0);
});
