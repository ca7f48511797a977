/** The folder of prints through the files service, which an app's files can't lead elsewhere. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test, type TestContext } from 'node:test';
import { WebdavPrintFolder } from '#webdav/print-folder.ts';
import { CREDENTIALS } from '../../fixtures/engine-samples.ts';

async function folderOf(t: TestContext, answer: RequestListener) {
  const place = await mkdtemp(join(tmpdir(), 'deskpod-prints-'));
  const socket = join(place, 's');
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    assert.equal(request.headers.authorization, `Basic ${btoa(`deskpod:${CREDENTIALS.filesPassword}`)}`);
    answer(request, response);
  }).listen(socket);
  await once(server, 'listening');
  t.after(async () => {
    server.closeAllConnections();
    server.close();
    await rm(place, { recursive: true });
  });
  const engine = { credentials: async () => CREDENTIALS, connect: async () => connect(socket) };
  return { folder: new WebdavPrintFolder(engine), asked };
}

const soon = () => AbortSignal.timeout(5_000);

test('without the folder there are no prints', async (t) => {
  const { folder, asked } = await folderOf(t, (_, response) => response.writeHead(404).end());
  assert.deepEqual((await folder.list('fry-00001', soon())).prints, []);
  assert.deepEqual(asked, ['PROPFIND /PDF/']);
});

test('prints are PDF files with content: no other files, no hidden ones, none that is still empty', async (t) => {
  const entry = (name: string, bytes = 5) =>
    `<D:response><D:href>/PDF/${encodeURIComponent(name)}</D:href><D:getcontentlength>${bytes}</D:getcontentlength>` +
    '<D:getlastmodified>Mon, 30 Nov 2026 10:00:00 GMT</D:getlastmodified></D:response>';
  const names = ['a.pdf', 'B.PDF', 'notes.txt', '.7.part', '.hidden.pdf', 'line\nbreak.pdf'];
  const body = [...names.map((name) => entry(name)), entry('empty.pdf', 0)].join('');
  const { folder } = await folderOf(t, (_, response) => response.writeHead(207).end(body));
  const { prints } = await folder.list('fry-00001', soon());
  assert.deepEqual(
    prints.map(({ name }) => name),
    ['a.pdf', 'B.PDF'],
  );
});

test('a print is read and removed by its name; names that lead elsewhere are not even asked for', async (t) => {
  const { folder, asked } = await folderOf(t, (request, response) => {
    if (request.method === 'DELETE') response.writeHead(204).end();
    else response.writeHead(200, { 'content-length': 4 }).end('%PDF');
  });
  const { bytes, content } = await folder.read('fry-00001', 'a letter?.pdf', soon());
  assert.deepEqual([bytes, await text(content)], [4, '%PDF']);
  await folder.remove('fry-00001', 'a letter?.pdf', soon());
  assert.deepEqual(asked, ['GET /PDF/a%20letter%3F.pdf', 'DELETE /PDF/a%20letter%3F.pdf']);
  for (const name of ['../x.pdf', 'a/b.pdf', '..', '.x.pdf', 'x.txt', 'a\0.pdf'])
    await assert.rejects(folder.read('fry-00001', name, soon()), { code: 'not_found' }, name);
  assert.equal(asked.length, 2);
});

test('a file that is missing, too large or refused has an error of its own', async (t) => {
  const answers: [number, Record<string, string>][] = [
    [404, {}],
    [200, { 'content-length': String(2 ** 40) }],
    [403, {}],
  ];
  const { folder } = await folderOf(t, (_, response) => {
    const [status, headers] = answers.shift() ?? [500, {}];
    response.writeHead(status, headers).flushHeaders();
    if (status !== 200) response.end();
  });
  for (const code of ['not_found', 'payload_too_large', 'service_unavailable'])
    await assert.rejects(folder.read('fry-00001', 'x.pdf', soon()), { code });
});

test('a service that does not answer is given up', async (t) => {
  const { folder } = await folderOf(t, () => undefined);
  await assert.rejects(folder.list('fry-00001', AbortSignal.timeout(50)), { code: 'service_unavailable' });
});
