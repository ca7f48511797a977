/** `/dav/` with clients that people use, in front of the files service in its real image. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { request } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { type FilesServer, filesServer, TOKEN } from '../fakes/files-gateway.ts';
import { run } from './dav-kit.ts';
import { filesService, PASSWORD } from './files-kit.ts';

const MB = 1024 * 1024;
const AUTHORIZATION = `Basic ${Buffer.from(`hermes:${TOKEN}`).toString('base64')}`;
const LOCK =
  '<?xml version="1.0"?><D:lockinfo xmlns:D="DAV:"><D:lockscope><D:exclusive/></D:lockscope><D:locktype><D:write/></D:locktype></D:lockinfo>';
const PROPERTIES =
  '<?xml version="1.0"?><D:propertyupdate xmlns:D="DAV:" xmlns:Z="urn:schemas-microsoft-com:"><D:set><D:prop><Z:Win32FileAttributes>00000020</Z:Win32FileAttributes></D:prop></D:set></D:propertyupdate>';

function reasonToSkip(): string | false {
  if (process.getuid?.() !== 0) return 'needs root';
  return spawnSync('podman', ['--version']).status === 0 ? false : 'podman is not installed';
}

suite('files in a file manager', { skip: reasonToSkip() }, () => {
  const stack = new AsyncDisposableStack();
  let home: string;
  let here: string;
  let server: FilesServer;

  before(async () => {
    const service = stack.use(await filesService());
    home = service.home;
    here = mkdtempSync(join(tmpdir(), 'deskpod-dav-'));
    stack.defer(() => rmSync(here, { recursive: true, force: true }));
    server = stack.use(await filesServer({ service: service.endpoint, password: PASSWORD, prefix: '/desk/' }));
  });
  after(() => stack.disposeAsync());

  const ask = (method: string, path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(`${server.url}/dav/${path}`, {
      ...init,
      method,
      headers: { authorization: AUTHORIZATION, ...Object.fromEntries(new Headers(init.headers)) },
    });
  const at = (path: string): string => `${server.url}/dav/${path}`;

  test('a file is written, listed, read in part, moved, copied and deleted', async () => {
    const name = 'r%C3%A9port%20%231.txt';
    assert.equal((await ask('PUT', name, { body: 'hello' })).status, 201);
    const listed = await (await ask('PROPFIND', '', { headers: { depth: '1' } })).text();
    assert.ok(listed.includes('<D:href>/desk/dav/</D:href>'), listed);
    assert.ok(listed.includes(`<D:href>/desk/dav/${name}</D:href>`), listed);
    const part = await ask('GET', name, { headers: { range: 'bytes=1-3' } });
    assert.deepEqual([part.status, await part.text()], [206, 'ell']);
    assert.equal((await ask('MKCOL', 'folder/')).status, 201);
    assert.equal((await ask('MKCOL', 'folder/')).status, 405);
    assert.equal((await ask('COPY', name, { headers: { destination: at('folder/copy.txt') } })).status, 201);
    const taken = { destination: at('folder/copy.txt'), overwrite: 'F' };
    assert.equal((await ask('MOVE', name, { headers: taken })).status, 412);
    assert.equal((await ask('MOVE', name, { headers: { ...taken, overwrite: 'T' } })).status, 204);
    assert.deepEqual(readdirSync(home), ['folder']);
    assert.equal((await ask('DELETE', 'folder/')).status, 204);
    assert.equal((await ask('DELETE', 'folder/')).status, 404);
  });

  test('who has locked a file changes it, also a large one; others don’t until it is unlocked', async () => {
    const locked = await ask('LOCK', 'shared.txt', { headers: { timeout: 'Second-600' }, body: LOCK });
    const body = await locked.text();
    assert.equal(locked.status, 201);
    assert.ok(body.includes('<D:href>/desk/dav/shared.txt</D:href>'), body);
    const token = locked.headers.get('lock-token') ?? '';
    const holder = { if: `<${at('shared.txt')}> (${token})` };
    assert.equal((await ask('PUT', 'shared.txt', { body: 'x' })).status, 423);
    assert.equal((await ask('PUT', 'shared.txt', { body: 'x', headers: holder })).status, 204);
    assert.equal((await ask('PROPPATCH', 'shared.txt', { body: PROPERTIES, headers: holder })).status, 204);
    const large = new Uint8Array(randomBytes(70 * MB));
    assert.equal((await ask('PUT', 'shared.txt', { body: large, headers: holder })).status, 204);
    assert.ok(readFileSync(join(home, 'shared.txt')).equals(large));
    assert.equal((await ask('LOCK', 'shared.txt', { headers: { ...holder, timeout: 'Second-600' } })).status, 200);
    assert.equal((await ask('UNLOCK', 'shared.txt', { headers: { 'lock-token': token } })).status, 204);
    assert.equal((await ask('PUT', 'shared.txt', { body: 'y' })).status, 204);
    assert.equal((await ask('PUT', 'shared.txt', { body: 'z', headers: holder })).status, 204, 'its lock is gone');
    assert.equal((await ask('DELETE', 'shared.txt')).status, 204);
  });

  test('a large file of unknown size arrives in parts and is visible only at its end', async () => {
    const content = randomBytes(70 * MB);
    const visible = (): string[] => readdirSync(home).filter((name) => !name.startsWith('.'));
    async function* parts(): AsyncGenerator<Buffer> {
      for (let sent = 0; sent < 70; sent += 1) {
        if (sent === 35) assert.deepEqual(visible(), []);
        yield content.subarray(sent * MB, (sent + 1) * MB);
      }
    }
    const uploading = request(at('large.bin'), { method: 'PUT', headers: { authorization: AUTHORIZATION } });
    const answered = once(uploading, 'response');
    await pipeline(parts, uploading);
    const [answer] = await answered;
    assert.equal(answer.statusCode, 201);
    answer.resume();
    assert.ok(readFileSync(join(home, 'large.bin')).equals(content));
    assert.deepEqual(readdirSync(home), ['large.bin']);
    assert.deepEqual(server.transfers.at(-1), { direction: 'up', path: '/large.bin', bytes: content.length });
    assert.equal((await ask('DELETE', 'large.bin')).status, 204);
  });

  test('curl and cadaver upload, list and download', { skip: !existsSync('/usr/bin/cadaver') }, async () => {
    const original = join(here, 'picture.png');
    const content = randomBytes(MB);
    writeFileSync(original, content);
    writeFileSync(join(here, '.netrc'), `machine 127.0.0.1 login hermes password ${TOKEN}\n`, { mode: 0o600 });
    const script = ['mkcol Pictures', 'cd Pictures', `put ${original}`, 'move picture.png moved.png', 'ls', 'quit'];
    const said = await run('cadaver', [at('')], { HOME: here }, script.join('\n'));
    assert.match(said, /moved\.png/);
    assert.ok(readFileSync(join(home, 'Pictures/moved.png')).equals(content));
    const copy = join(here, 'copy.png');
    await run('curl', ['-sf', '-u', `hermes:${TOKEN}`, '-o', copy, at('Pictures/moved.png')], {});
    assert.ok(readFileSync(copy).equals(content));
    assert.equal((await ask('DELETE', 'Pictures/')).status, 204);
  });
});
