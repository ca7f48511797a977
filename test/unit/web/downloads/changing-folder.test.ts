/** A folder is listed only when it may have changed; one that doesn't exist yet is no failure. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ChangingFolder } from '../../../../web/downloads/changing-folder.ts';
import type { Entry } from '../../../../web/files/entry.ts';

const entry = (path: string, modified: number | null, folder = false): Entry => ({
  path,
  name: path.slice(path.lastIndexOf('/') + 1),
  folder,
  size: folder ? 0 : 1,
  modified,
  type: '',
});

/** A home folder, and what was asked for in it since the last time. */
function home() {
  const there = new Map<string, Entry>([['', entry('', 1_000, true)]]);
  let asked: string[] = [];
  const folder = new ChangingFolder('Downloads', {
    async find(path) {
      asked.push(`find ${path}`);
      return there.get(path) ?? null;
    },
    async list(path) {
      asked.push(`list ${path}`);
      return [...there.values()].filter((one) => one.path.startsWith(`${path}/`));
    },
  });
  const look = async (anyway = false) => {
    asked = [];
    const names = (await folder.entries(anyway))?.map(({ name }) => name) ?? null;
    return { names, asked };
  };
  const put = (path: string, modified: number | null, isFolder = false): void => {
    there.set(path, entry(path, modified, isFolder));
  };
  return { folder, look, put, remove: (path: string) => there.delete(path) };
}

test('a folder that doesn’t change is listed twice, then only its time is asked for', async () => {
  const { look, put } = home();
  put('Downloads', 5_000, true);
  put('Downloads/a', 5_000);
  assert.deepEqual((await look()).names, ['a']);
  assert.deepEqual((await look()).names, ['a']);
  assert.deepEqual(await look(), { names: null, asked: ['find Downloads'] });
  assert.deepEqual((await look(true)).names, ['a']);
  put('Downloads', 6_000, true);
  put('Downloads/b', 6_000);
  assert.deepEqual((await look()).names, ['a', 'b']);
});

test('as long as the folder is missing, only the folder around it is looked at', async () => {
  const { look, put } = home();
  assert.deepEqual((await look()).names, []);
  assert.deepEqual((await look()).names, []);
  assert.deepEqual((await look()).names, []);
  assert.deepEqual(await look(), { names: null, asked: ['find '] });
  put('', 2_000, true);
  put('Downloads', 2_000, true);
  put('Downloads/a', 2_000);
  assert.deepEqual((await look()).names, ['a']);
});

test('a folder that is removed is empty, and found when it comes again', async () => {
  const { look, put, remove } = home();
  put('Downloads', 5_000, true);
  await look();
  remove('Downloads');
  assert.deepEqual((await look()).names, []);
  put('Downloads', 5_000, true);
  put('Downloads/a', 5_000);
  assert.deepEqual((await look()).names, ['a']);
});

test('a file of this name is no folder', async () => {
  const { look, put } = home();
  put('Downloads', 5_000);
  assert.deepEqual((await look()).names, []);
});

test('without a time, the folder is listed each time', async () => {
  const { look, put } = home();
  put('Downloads', null, true);
  for (let at = 0; at < 4; at += 1) assert.deepEqual((await look()).names, []);
});

test('after it was forgotten, it is listed again', async () => {
  const { folder, look, put } = home();
  put('Downloads', 5_000, true);
  await look();
  await look();
  folder.forget();
  assert.deepEqual((await look()).names, []);
});
