/**
 * The contents of a home: any names, limited in number, with symbolic links, and an archive that is complete or fails.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, readlink, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { Duplex, PassThrough, Readable } from 'node:stream';
import { test } from 'node:test';
import fc from 'fast-check';
import { DeskpodError } from '#domain/errors.ts';
import { listHome, packHome } from '#domain/desktops/home-files.ts';
import { localExec } from '../../../fakes/local-exec.ts';
import { needsLinux } from '../../../fixtures/machine.ts';

const LINUX = needsLinux('tar');

async function aHome(): Promise<AsyncDisposable & { path: string; put(name: string, text: string): Promise<string> }> {
  const path = await mkdtemp(join(tmpdir(), 'deskpod-home-'));
  return {
    path,
    async put(name, text) {
      const file = join(path, name);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, text);
      return file;
    },
    [Symbol.asyncDispose]: () => rm(path, { recursive: true }),
  };
}

const listed = (path: string) => listHome(localExec(path), 'fry-00000');

async function packed(path: string): Promise<Buffer> {
  return Buffer.concat(await all(await packHome(localExec(path), 'fry-00000')));
}

async function all(chunks: AsyncIterable<unknown>): Promise<Buffer[]> {
  const taken: Buffer[] = [];
  for await (const chunk of chunks) if (Buffer.isBuffer(chunk)) taken.push(chunk);
  return taken;
}

/** Answers a command with these bytes and this exit code. */
function answering(chunks: Iterable<Buffer>, exitCode: number | null) {
  return {
    exec: async () => ({
      stream: Duplex.from({
        readable: Readable.from(chunks),
        writable: new PassThrough(),
      }),
      stderr: null,
      resize: async () => {},
      exitCode: Promise.resolve(exitCode),
    }),
  };
}

test('the newest 200 files are listed, all are counted, and caches are ignored', LINUX, async () => {
  await using home = await aHome();
  for (let day = 1; day <= 205; day += 1) {
    const file = await home.put(`notes/${day}.txt`, 'x'.repeat(day));
    await utimes(file, new Date(), new Date(day * 86_400_000));
  }
  await home.put('.cache/thumbnails/1', 'again');
  const { files, count, bytes, complete, leftOut } = await listed(home.path);
  assert.deepEqual([files.length, count, bytes, complete], [200, 205, (205 * 206) / 2, true]);
  assert.deepEqual(files[0], {
    path: 'notes/205.txt',
    bytes: 205,
    changedAt: new Date(205 * 86_400_000).toISOString(),
  });
  assert.equal(files.at(-1)?.path, 'notes/6.txt');
  assert.deepEqual(leftOut, ['.cache']);
});

test('an empty home has no files', LINUX, async () => {
  await using home = await aHome();
  await mkdir(join(home.path, 'Documents'));
  assert.deepEqual(await listed(home.path), { files: [], count: 0, bytes: 0, complete: true, leftOut: ['.cache'] });
});

test('a symbolic link is listed as such, with any target', LINUX, async () => {
  await using home = await aHome();
  await using other = await aHome();
  await other.put('secret', 'not yours');
  await symlink(other.path, join(home.path, 'elsewhere'));
  assert.deepEqual(
    (await listed(home.path)).files.map(({ path }) => path),
    ['elsewhere'],
  );
});

test('files with any names are listed and archived unchanged', LINUX, async () => {
  const name = fc
    .string({ unit: 'binary', minLength: 1, maxLength: 40 })
    .map((text) => text.replaceAll(/[/\0]/g, '\n').slice(0, 40))
    .filter((text) => text.isWellFormed() && !['.', '..', '.cache'].includes(text) && Buffer.byteLength(text) < 250);
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(name, { maxLength: 6 }), async (names) => {
      await using home = await aHome();
      for (const one of names) await home.put(one, one);
      const { files, count } = await listed(home.path);
      assert.equal(count, names.length);
      assert.deepEqual(files.map(({ path }) => path).toSorted(), names.toSorted());
      await using again = await aHome();
      const { status } = spawnSync('tar', ['xz', '-C', again.path], { input: await packed(home.path) });
      assert.equal(status, 0);
      for (const one of names) assert.equal(await readFile(join(again.path, basename(home.path), one), 'utf8'), one);
    }),
    { numRuns: 25 },
  );
});

test('the archive has links, hidden files and empty folders, but no caches or outside files', LINUX, async () => {
  await using home = await aHome();
  await home.put('.config/app.ini', 'a=1');
  await home.put('.cache/big', 'x');
  await home.put('work/.cache/mine', 'kept: only that of the home itself is a cache');
  await mkdir(join(home.path, 'empty'));
  await symlink('/etc/passwd', join(home.path, 'link'));
  await using again = await aHome();
  assert.equal(spawnSync('tar', ['xz', '-C', again.path], { input: await packed(home.path) }).status, 0);
  const inside = join(again.path, basename(home.path));
  assert.equal(await readFile(join(inside, '.config/app.ini'), 'utf8'), 'a=1');
  assert.match(await readFile(join(inside, 'work/.cache/mine'), 'utf8'), /kept/);
  assert.equal(await readlink(join(inside, 'link')), '/etc/passwd');
  await assert.rejects(readFile(join(inside, '.cache/big')), { code: 'ENOENT' });
});

test('entries are the same for any chunks', async () => {
  const bytes = Buffer.from('3.5 10 ä\n€.txt\x002.25 1 b\x00');
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat({ max: bytes.length }), { maxLength: 6 }), async (cuts) => {
      const at = [0, ...cuts.toSorted((a, b) => a - b), bytes.length];
      const chunks = at.slice(1).map((end, index) => bytes.subarray(at[index], end));
      const { files, count, complete } = await listHome(answering(chunks, 0), 'fry-00000');
      assert.deepEqual(
        files.map(({ path }) => path),
        ['ä\n€.txt', 'b'],
      );
      assert.deepEqual([count, complete], [2, true]);
    }),
    { numRuns: 50 },
  );
});

test(
  'an unreadable folder makes the list incomplete, not empty',
  { skip: process.getuid?.() === 0 ? 'root may enter every folder' : LINUX.skip },
  async () => {
    await using home = await aHome();
    await home.put('a', 'a');
    await home.put('closed/b', 'b');
    await chmod(join(home.path, 'closed'), 0);
    const { count, complete } = await listed(home.path);
    await chmod(join(home.path, 'closed'), 0o700);
    assert.deepEqual([count, complete], [1, false]);
  },
);

test('an incomplete list is marked as such, and no list at all is an error', async () => {
  const some = await listHome(answering([Buffer.from('1.0 5 a\0')], 1), 'fry-00000');
  assert.deepEqual([some.count, some.complete], [1, false]);
  await assert.rejects(listHome(answering([], 1), 'fry-00000'), /couldn’t be read/);
  await assert.rejects(listHome(answering([Buffer.from('sh: find: not found')], 127), 'fry-00000'), /couldn’t be read/);
  await assert.rejects(listHome(answering([Buffer.from('nonsense\0')], 0), 'fry-00000'), DeskpodError);
});

test('an incomplete archive ends with an error', async () => {
  for (const exitCode of [2, 137, null])
    await assert.rejects(all(await packHome(answering([Buffer.from('part')], exitCode), 'fry-00000')), /incomplete/);
  await all(await packHome(answering([Buffer.from('all')], 1), 'fry-00000'));
});

test('a reader that stops ends the command', LINUX, async () => {
  await using home = await aHome();
  await home.put('noise', 'x');
  const { stream, exitCode } = await localExec(home.path).exec(
    { desktopId: 'x' },
    { command: ['sh', '-c', 'yes 2>/dev/null'], tty: null },
    AbortSignal.timeout(10_000),
  );
  const archive = await packHome(
    { exec: async () => ({ stream, stderr: null, exitCode, resize: async () => {} }) },
    'fry-00000',
  );
  // The stream may also close with an error.
  const closed = new Promise((resolve) => stream.once('close', resolve));
  archive.destroy();
  await closed;
});
