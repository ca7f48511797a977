/** What `deskpod desktops` prints about files before a desktop is removed, and the archive of a home. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile, stat, writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { test, type TestContext } from 'node:test';
import { type Answers, commandLine, recordingServer } from '../../fakes/command-line.ts';

const AT = '2026-11-28T10:00:00.000Z';
const summary = (home: string) => ({
  desktops: [{ id: 'fry-00001', userId: 'fry', state: 'running', createdAt: AT, place: 'node1', home }],
});
const desktop = (home: string) => ({
  id: 'fry-00001',
  status: { state: 'running' },
  trace: null,
  place: null,
  entries: { finished: 0, most: null },
  home,
});
const session = (id: string) => ({
  user: { id, name: id, provider: 'directory', labels: [], roles: ['admin'] },
  expiresAt: AT,
});
const FILES = {
  files: [{ path: 'bad\u001b[2Jname\nline', bytes: 7, changedAt: AT }],
  count: 1,
  bytes: 7,
  complete: true,
  leftOut: ['.cache'],
};

async function at(context: TestContext, answers: Answers) {
  const { address, heard } = await recordingServer(context, answers);
  const { deskpod, home } = await commandLine(context);
  const run = (args: readonly string[], keys?: string) => {
    const input = keys === undefined ? '' : new PassThrough();
    if (typeof input !== 'string') input.write(keys);
    return deskpod([...args, '--server', address, '--token', 't'], input);
  };
  return { run, heard, home };
}

test("before a user's own desktop is removed, the files that will be deleted are listed", async (context) => {
  const { run, heard } = await at(context, {
    'GET /api/v1/desktops': summary('lost'),
    'GET /api/v1/session': session('fry'),
    'GET /api/v1/desktop': desktop('lost'),
    'GET /api/v1/desktop/home': FILES,
  });
  for (const command of [
    ['desktops', 'remove', 'fry-00001'],
    ['desktops', 'rebuild', '--when', 'now'],
  ]) {
    const { code, out } = await run(command, 'n\n');
    assert.equal(code, 1);
    assert.match(out, /1 file, 7 bytes:\n.* bad\uFFFD\[2Jname\uFFFDline\n/);
    assert.match(out, /deskpod desktops download-home FILE/);
    assert.match(out, /files in its home folder are deleted\. \[y\/N\]/);
  }
  assert.ok(heard.every(({ method }) => method === 'GET'));
});

test("if files are kept, or the desktop is another user's, only the message is printed", async (context) => {
  const kept = await at(context, { 'GET /api/v1/desktops': summary('kept') });
  assert.match((await kept.run(['desktops', 'remove', 'fry-00001'], 'n\n')).out, /home folder are kept\. \[y/);
  const other = await at(context, {
    'GET /api/v1/desktops': summary('lost'),
    'GET /api/v1/session': session('professor'),
  });
  const { out } = await other.run(['desktops', 'remove', 'fry-00001'], 'n\n');
  assert.match(out, /home folder are deleted\. \[y/);
  assert.doesNotMatch(out, /download-home/);
});

test('a list that cannot be read is reported, and the user can continue', async (context) => {
  const { run, heard } = await at(context, {
    'GET /api/v1/desktop': desktop('lost'),
    'POST /api/v1/desktop/rebuild': {},
  });
  const { code, out } = await run(['desktops', 'rebuild', '--when', 'now'], 'y\n');
  assert.equal(code, 0);
  assert.match(out, /couldn’t be listed\. There is no such thing/);
  assert.equal(heard.at(-1)?.method, 'POST');
});

test('the home is saved to a file that only its owner can read, and no other file is overwritten', async (context) => {
  const archive = Buffer.alloc(3 << 20, 'x');
  const { run, home } = await at(context, {
    'GET /api/v1/desktop/home/archive': (response: ServerResponse) => response.end(archive),
  });
  const file = join(home, 'mine.tar.gz');
  assert.deepEqual(await run(['desktops', 'download-home', file]), { code: 0, out: `${file}\n`, err: '' });
  assert.ok(archive.equals(await readFile(file)));
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  await writeFile(file, 'mine');
  const again = await run(['desktops', 'download-home', file]);
  assert.deepEqual([again.code, /already exists/.test(again.err)], [1, true]);
  assert.equal(await readFile(file, 'utf8'), 'mine');
  assert.equal((await run(['desktops', 'download-home', '-'])).out.length, archive.length);
});

test('an interrupted download leaves no file and fails', async (context) => {
  const { run, home } = await at(context, {
    'GET /api/v1/desktop/home/archive': (response: ServerResponse) => {
      response.write('part of it');
      setTimeout(() => response.destroy(), 50);
    },
  });
  const file = join(home, 'part.tar.gz');
  const { code, err } = await run(['desktops', 'download-home', file]);
  assert.equal(code, 1);
  assert.match(err, /interrupted/);
  assert.equal(existsSync(file), false);
});
