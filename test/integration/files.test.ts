/** Files through the gateway, from and to the files service in its real image. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, mkdirSync, readdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { ErrorBody } from '#protocol/errors.ts';
import { type FilesServer, filesServer } from '../fakes/files-gateway.ts';
import { filesService, PASSWORD } from './files-kit.ts';
import { appears, UID } from './service-kit.ts';

const MB = 1024 * 1024;

function reasonToSkip(): string | false {
  if (process.getuid?.() !== 0) return 'needs root';
  return spawnSync('podman', ['--version']).status === 0 ? false : 'podman is not installed';
}

suite('files', { skip: reasonToSkip() }, () => {
  const stack = new AsyncDisposableStack();
  let home: string;
  let server: FilesServer;

  before(async () => {
    const service = stack.use(await filesService());
    home = service.home;
    server = stack.use(await filesServer({ service: service.endpoint, password: PASSWORD }));
  });
  after(() => stack.disposeAsync());

  const ask: FilesServer['ask'] = (method, path, init) => server.ask(method, path, init);
  const write = (name: string, content: string | Buffer): void => {
    writeFileSync(join(home, name), content);
    chownSync(join(home, name), UID, UID);
  };
  const folder = (name: string): void => {
    mkdirSync(join(home, name), { recursive: true });
    chownSync(join(home, name), UID, UID);
  };

  test('a file in 64 parts, resumed twice, is identical, and visible under its name only at the end', async () => {
    const content = randomBytes(64 * 256 * 1024);
    const part = '/files/.deskpod-00c0ffee.part';
    const name = '/files/A%20r%C3%A9port%20%23%31.bin';
    const send = (from: number, to: number): Promise<Response> =>
      ask('PUT', part, {
        headers: { 'content-range': `bytes ${from}-${to - 1}/${content.length}` },
        body: new Uint8Array(content.subarray(from, to)),
      });
    const size = content.length / 64;
    const arrived = async (): Promise<number> => Number((await ask('HEAD', part)).headers.get('content-length'));
    for (let index = 0; index < 64; index += 1) {
      assert.equal((await send(index * size, (index + 1) * size)).status, 204);
      if (index !== 20 && index !== 40) continue;
      const late = AbortSignal.timeout(1);
      const broken = ask('PUT', part, {
        headers: { 'content-range': `bytes ${(index + 1) * size}-${(index + 2) * size - 1}/${content.length}` },
        body: new Uint8Array(content.subarray((index + 1) * size, (index + 2) * size)),
        signal: late,
      });
      await broken.catch(() => null);
      const from = await arrived();
      assert.ok(from === (index + 1) * size || from === (index + 2) * size, `${from} bytes after part ${index}`);
      index = from / size - 1;
    }
    assert.deepEqual(readdirSync(home), ['.deskpod-00c0ffee.part']);
    const moved = await ask('MOVE', part, { headers: { destination: `${server.url}${name}`, overwrite: 'F' } });
    assert.equal(moved.status, 201);
    assert.deepEqual(readdirSync(home), ['A réport #1.bin']);
    assert.ok(readFileSync(join(home, 'A réport #1.bin')).equals(content));
    assert.deepEqual(server.transfers.at(-1), { direction: 'up', path: '/A réport #1.bin', bytes: content.length });
    assert.ok(Buffer.from(await (await ask('GET', name)).arrayBuffer()).equals(content));
  });

  test('parts go only into unfinished uploads, without gaps and within the announced size', async () => {
    const put = async (name: string, range: string, body: string) =>
      (await ask('PUT', `/files/${name}`, { headers: { 'content-range': range }, body })).status;
    write('final.txt', 'done');
    assert.equal(await put('final.txt', 'bytes 0-2/3', 'abc'), 400);
    assert.equal(await put('.deskpod-11111111.part', 'bytes 3-5/6', 'abc'), 404);
    assert.equal(await put('.deskpod-11111111.part', 'bytes 0-2/6', 'abc'), 204);
    assert.equal(await put('.deskpod-11111111.part', 'bytes 4-6/9', 'abc'), 409);
    assert.equal(await put('.deskpod-11111111.part', 'bytes 0-3/6', 'abc'), 400);
    assert.equal(await put('.deskpod-11111111.part', 'bytes 3-8/6', 'abcdef'), 400);
    assert.equal(readFileSync(join(home, 'final.txt'), 'utf8'), 'done');
    assert.equal((await ask('DELETE', '/files/.deskpod-11111111.part')).status, 204);
  });

  test('a taken name is refused, also by a folder, and nothing changes', async () => {
    write('taken.txt', 'first');
    folder('taken');
    write('other.txt', 'second');
    for (const name of ['taken.txt', 'taken']) {
      const headers = { destination: `/files/${name}`, overwrite: 'F' };
      const reply = await ask('MOVE', '/files/other.txt', { headers });
      assert.deepEqual([reply.status, ErrorBody.parse(await reply.json()).error.code], [409, 'name_taken']);
    }
    assert.equal((await ask('MKCOL', '/files/taken')).status, 409);
    assert.equal((await ask('MOVE', '/files/other.txt', { headers: { destination: '/files/no/x' } })).status, 409);
    assert.equal(readFileSync(join(home, 'taken.txt'), 'utf8'), 'first');
    assert.equal(readFileSync(join(home, 'other.txt'), 'utf8'), 'second');
  });

  test('folders are made, moved, copied and deleted, whether or not their path ends with a slash', async () => {
    assert.equal((await ask('MKCOL', '/files/one')).status, 201);
    assert.equal((await ask('PUT', '/files/one/a.txt', { body: 'a' })).status, 201);
    assert.equal((await ask('COPY', '/files/one', { headers: { destination: '/files/two/' } })).status, 201);
    assert.equal((await ask('MOVE', '/files/one/', { headers: { destination: '/files/three' } })).status, 201);
    assert.equal(readFileSync(join(home, 'two/a.txt'), 'utf8'), 'a');
    assert.equal(readFileSync(join(home, 'three/a.txt'), 'utf8'), 'a');
    assert.equal((await ask('DELETE', '/files/two')).status, 204);
    assert.equal((await ask('DELETE', '/files/two')).status, 404);
    assert.equal((await ask('DELETE', '/files/')).status, 403);
    assert.ok(!readdirSync(home).includes('two'));
  });

  test('deleting a link to a folder leaves the folder alone', async () => {
    folder('kept');
    write('kept/a.txt', 'a');
    symlinkSync('kept', join(home, 'link'));
    assert.equal((await ask('DELETE', '/files/link/')).status, 204);
    assert.ok(!readdirSync(home).includes('link'));
    assert.equal(readFileSync(join(home, 'kept/a.txt'), 'utf8'), 'a');
  });

  test('downloads have ranges, an ETag and a name, and are never pages of this server', async () => {
    write('notes.html', '<script>alert(1)</script>');
    const whole = await ask('GET', '/files/notes.html?inline');
    assert.match(whole.headers.get('content-disposition') ?? '', /^attachment; filename="notes\.html"/);
    assert.match(whole.headers.get('content-security-policy') ?? '', /^sandbox; default-src 'none'/);
    assert.equal(whole.headers.get('x-content-type-options'), 'nosniff');
    assert.equal(whole.headers.get('server'), null);
    const etag = whole.headers.get('etag') ?? '';
    const part = await ask('GET', '/files/notes.html', { headers: { range: 'bytes=1-6', 'if-range': etag } });
    assert.deepEqual([part.status, await part.text()], [206, 'script']);
    const fresh = await ask('GET', '/files/notes.html', { headers: { 'if-none-match': etag } });
    assert.equal(fresh.status, 304);
    const beyond = await ask('GET', '/files/notes.html', { headers: { range: 'bytes=99-' } });
    assert.equal(beyond.status, 416);
    assert.equal((await ask('GET', '/files/none')).status, 404);
    assert.equal((await ask('GET', '/files/kept')).status, 400);
    write('plain.txt', 'text');
    const shown = await ask('GET', '/files/plain.txt?inline');
    assert.match(shown.headers.get('content-disposition') ?? '', /^inline;/);
    assert.equal(shown.headers.get('content-type'), 'text/plain; charset=utf-8');
  });

  test('a listing has addresses of this server; uploads that nobody resumed for a week go', async () => {
    folder('lists');
    write('lists/ä &.txt', 'x');
    write('lists/.deskpod-aaaaaaaa.part', 'old');
    write('lists/.deskpod-bbbbbbbb.part', 'new');
    const old = new Date(Date.now() - 8 * 86_400_000);
    utimesSync(join(home, 'lists/.deskpod-aaaaaaaa.part'), old, old);
    const reply = await ask('PROPFIND', '/files/lists', { headers: { depth: '1' } });
    assert.equal(reply.status, 207);
    assert.match(await reply.text(), /<D:href>\/files\/lists\/%C3%A4%20%26\.txt<\/D:href>/i);
    const names = () => readdirSync(join(home, 'lists'));
    await appears(async () => (names().includes('.deskpod-aaaaaaaa.part') ? null : true), 'the end of the old part');
    assert.deepEqual(names().toSorted(), ['.deskpod-bbbbbbbb.part', 'ä &.txt']);
    assert.equal((await ask('PROPFIND', '/files/', { headers: { depth: 'infinity' } })).status, 400);
  });

  test('a selection comes as a zip that unzip accepts, without unfinished uploads and without what links lead to', async () => {
    folder('zips');
    folder('zips/empty');
    folder('zips/deep');
    const content = randomBytes(3 * MB);
    write('zips/deep/ü.bin', content);
    write('zips/nothing', '');
    write('zips/.deskpod-cccccccc.part', 'part');
    symlinkSync('/', join(home, 'zips/root'));
    symlinkSync('deep/ü.bin', join(home, 'zips/same'));
    symlinkSync('nowhere', join(home, 'zips/dangling'));
    const reply = await ask('GET', '/files/?zip=/zips&zip=/final.txt');
    const bytes = Buffer.from(await reply.arrayBuffer());
    assert.equal(reply.headers.get('content-length'), String(bytes.length));
    assert.match(reply.headers.get('content-disposition') ?? '', /^attachment; filename="home\.zip"/);
    const file = join(home, '../selection.zip');
    writeFileSync(file, bytes);
    assert.equal(spawnSync('unzip', ['-t', file]).status, 0);
    const names = spawnSync('unzip', ['-Z1', file], { encoding: 'utf8', env: { LC_ALL: 'C.UTF-8' } }).stdout;
    assert.deepEqual(names.trim().split('\n').toSorted(), [
      'final.txt',
      'zips/',
      'zips/deep/',
      'zips/deep/ü.bin',
      'zips/empty/',
      'zips/nothing',
      'zips/same',
    ]);
    assert.ok(spawnSync('unzip', ['-p', file, 'zips/same'], { maxBuffer: 8 * MB }).stdout.equals(content));
    assert.equal((await ask('GET', '/files/?zip=/zips&zip=/none')).status, 404);
  });

  test('a folder with more files than are measured comes as a zip, too', async () => {
    folder('many');
    for (let index = 0; index < 1001; index += 1) write(`many/${index}`, String(index));
    assert.equal(spawnSync('mkfifo', [join(home, 'many/fifo')]).status, 0);
    const reply = await ask('GET', '/files/?zip=/many');
    assert.equal(reply.headers.get('content-length'), null);
    const file = join(home, '../many.zip');
    writeFileSync(file, Buffer.from(await reply.arrayBuffer()));
    assert.equal(spawnSync('unzip', ['-t', file]).status, 0);
    const names = spawnSync('unzip', ['-Z1', file], { encoding: 'utf8' }).stdout.trim().split('\n');
    assert.equal(names.length, 1002);
    assert.ok(!names.includes('many/fifo'));
  });

  test('five thousand selected files come as one zip, by a form', async () => {
    folder('selected');
    for (let index = 0; index < 5000; index += 1) write(`selected/a file with a long name ${index}`, String(index));
    const selected = Array.from({ length: 5000 }, (_, index): [string, string] => [
      'zip',
      `/selected/a file with a long name ${index}`,
    ]);
    const all = await ask('POST', '/files/', { body: new URLSearchParams(selected) });
    assert.deepEqual([all.status, all.headers.get('content-type')], [200, 'application/zip']);
    await all.body?.cancel();
    folder('few');
    for (let index = 0; index < 60; index += 1) write(`few/${index}`, String(index));
    const few = Array.from({ length: 50 }, (_, index): [string, string] => ['zip', `/few/${index}`]);
    const some = await ask('POST', '/files/', { body: new URLSearchParams(few) });
    assert.match(some.headers.get('content-disposition') ?? '', /^attachment; filename="few\.zip"/);
    const file = join(home, '../selected.zip');
    writeFileSync(file, Buffer.from(await some.arrayBuffer()));
    assert.equal(spawnSync('unzip', ['-tq', file]).status, 0);
    const names = spawnSync('unzip', ['-Z1', file], { encoding: 'utf8' }).stdout.trim().split('\n');
    assert.deepEqual([names.length, names[0]], [50, '0']);
    const gone = new URLSearchParams([...few, ['zip', '/few/none']]);
    assert.equal((await ask('POST', '/files/', { body: gone })).status, 404);
    assert.equal((await ask('POST', '/files/', { body: 'zip=/selected' })).status, 415);
    assert.equal((await ask('POST', '/files/selected', { body: gone })).status, 404);
  });

  test('a ticket without a right, or above its size, stores and sends nothing', async () => {
    const none = server.cookie({
      upload: { allowed: false, maxBytes: null },
      download: { allowed: false, maxBytes: null },
    });
    const small = server.cookie({ upload: { allowed: true, maxBytes: 5 }, download: { allowed: true, maxBytes: 5 } });
    const status = async (cookie: string, method: string, path: string, headers = {}, body: string | null = null) =>
      (await ask(method, path, { headers: { cookie, ...headers }, body })).status;
    write('six', '123456');
    assert.equal(await status(none, 'PUT', '/files/new', {}, 'x'), 403);
    assert.equal(await status(none, 'DELETE', '/files/six'), 403);
    assert.equal(await status(none, 'MKCOL', '/files/new'), 403);
    assert.equal(await status(none, 'GET', '/files/six'), 403);
    assert.equal(await status(none, 'GET', '/files/?zip=/six'), 403);
    assert.equal(await status(none, 'PROPFIND', '/files/', { depth: '1' }), 207);
    assert.equal(await status(small, 'PUT', '/files/new', {}, '123456'), 413);
    const range = { 'content-range': 'bytes 0-2/6' };
    assert.equal(await status(small, 'PUT', '/files/.deskpod-dddddddd.part', range, '123'), 413);
    assert.equal(await status(small, 'GET', '/files/six'), 413);
    assert.equal(await status(small, 'GET', '/files/six', { range: 'bytes=0-1' }), 413);
    assert.equal(await status(small, 'GET', '/files/?zip=/six'), 413);
    assert.equal(await status(small, 'PUT', '/files/five', {}, '12345'), 201);
    assert.ok(!readdirSync(home).includes('new'));
  });

  test('no path leads out of the home folder', async () => {
    for (const path of [
      '..%2f..%2fetc%2fpasswd',
      '%2e%2e/etc/passwd',
      'a//b',
      'a%00b',
      '%c0%ae%c0%ae/x',
      '..%5c..%5cx',
    ])
      assert.ok([400, 404].includes(await statusOf(server.url, `/files/${path}`, server.cookie())), path);
    for (const destination of ['/files/../x', '/api/v1/x', 'http://elsewhere/files/x', '/files/a%2f..%2fb'])
      assert.equal((await ask('MOVE', '/files/final.txt', { headers: { destination } })).status, 400, destination);
  });

  test('when its session ends, a download breaks off within two seconds', async () => {
    write('large', Buffer.alloc(64 * MB));
    const cookie = server.cookie({}, 'ends');
    const reply = await ask('GET', '/files/large', { headers: { cookie } });
    const reader = reply.body?.getReader();
    await reader?.read();
    const begun = performance.now();
    server.files.closeSession('ends');
    await assert.rejects(async () => {
      while (!(await reader?.read())?.done);
    });
    assert.ok(performance.now() - begun < 2000);
  });
});

/** Of a path as it is, which `fetch` would resolve. */
function statusOf(url: string, path: string, cookie: string): Promise<number> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port) });
    socket.once('error', reject);
    socket.once('data', (head: Buffer) => {
      socket.destroy();
      resolve(Number(head.toString('latin1').split(' ')[1]));
    });
    socket.write(`GET ${path} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nCookie: ${cookie}\r\n\r\n`);
  });
}
