import assert from 'node:assert/strict';
import { chown, link, lstat, mkdir, mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, suite, test } from 'node:test';
import { loadConfig } from '#config/load.ts';
import { giveFiles } from '#processes/ownership.ts';

const ACCOUNT = { name: 'somebody', uid: 54_321, gid: 54_322 };
const skip = process.getuid?.() === 0 ? false : 'needs root: it changes owners';

suite('the files of the server process', { skip }, () => {
  let folder: string;
  let data: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'deskpod-owners-'));
    data = join(folder, 'data');
    await mkdir(join(data, 'keys'), { recursive: true });
  });
  afterEach(() => rm(folder, { recursive: true }));

  const given = async (): Promise<void> => {
    const options = { data, run: join(folder, 'run') };
    const { config } = await loadConfig({ options, env: {}, defaultFile: null });
    await giveFiles(config, ACCOUNT);
  };
  const ownerOf = async (...path: readonly string[]): Promise<number> => (await lstat(join(data, ...path))).uid;

  test('the server process gets the database, keys and tokens that an earlier version made as root', async () => {
    const names = ['deskpod.db', 'deskpod.db-wal', 'cli-token', 'keys/store.key'];
    for (const name of names) await writeFile(join(data, name), 'x');
    await given();
    for (const name of [...names, 'keys']) assert.equal(await ownerOf(name), ACCOUNT.uid, name);
  });

  test('folders of the engine and of homes stay root’s, and the sticky data folder keeps them in place', async () => {
    await mkdir(join(data, 'homes/hermes'), { recursive: true });
    await given();
    const { uid, gid, mode } = await stat(data);
    assert.deepEqual([uid, gid, mode & 0o7777], [0, ACCOUNT.gid, 0o1771]);
    for (const name of ['engine', 'homes', 'homes/hermes', 'guests', 'cache', 'wallpapers'])
      assert.equal(await ownerOf(name), 0, name);
  });

  test('links that somebody put in place of a file give nothing away', async () => {
    const secret = join(folder, 'secret');
    await writeFile(secret, 'x');
    await symlink(secret, join(data, 'deskpod.db'));
    await link(secret, join(data, 'cli-token'));
    await symlink(folder, join(data, 'keys/store.key'));
    await given();
    assert.equal((await stat(secret)).uid, 0);
    assert.equal((await stat(folder)).uid, 0);
  });

  test('a database elsewhere keeps its owner: only its folder’s owner knows who else needs it', async () => {
    const elsewhere = join(folder, 'other.db');
    await writeFile(elsewhere, 'x');
    await chown(elsewhere, 12_345, 0);
    const options = { data, run: join(folder, 'run') };
    const { config } = await loadConfig({ options, env: { DESKPOD_DATABASE_FILE: elsewhere }, defaultFile: null });
    await giveFiles(config, ACCOUNT);
    assert.equal((await stat(elsewhere)).uid, 12_345);
  });
});
