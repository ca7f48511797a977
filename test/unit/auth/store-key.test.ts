/** The key that encrypts what the store keeps. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { clusterStoreKey, keyWarnings, localStoreKey, STORE_KEY_SECRET } from '#auth/store-key.ts';
import { openStore } from '#store/open.ts';
import { FakeSecretStore } from '../../fakes/secret-store.ts';

async function aFolder() {
  const path = await mkdtemp(join(tmpdir(), 'deskpod-keys-'));
  return { dir: join(path, 'keys'), [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}

test('on one machine the key is generated once, in a file that only its owner reads', async () => {
  await using folder = await aFolder();
  const [one, two] = await Promise.all([localStoreKey(folder.dir), localStoreKey(folder.dir)]);
  assert.deepEqual(one, two);
  assert.deepEqual(await localStoreKey(folder.dir), one);
  assert.equal((await stat(join(folder.dir, 'store.key'))).mode & 0o077, 0);
  assert.equal(Buffer.from(await readFile(join(folder.dir, 'store.key'), 'utf8'), 'base64').length, 32);
});

test('a damaged key file is refused, and it is not replaced', async () => {
  await using folder = await aFolder();
  await localStoreKey(folder.dir);
  const file = join(folder.dir, 'store.key');
  await writeFile(file, 'short');
  await assert.rejects(localStoreKey(folder.dir), { message: `The key in ${file} isn’t 32 bytes in base64.` });
  assert.equal(await readFile(file, 'utf8'), 'short');
});

test('replicas in a cluster share the key of a Secret', async () => {
  const secretStore = new FakeSecretStore();
  const [one, two] = await Promise.all([clusterStoreKey(secretStore), clusterStoreKey(secretStore)]);
  assert.deepEqual(one, two);
  assert.equal(Buffer.from((await secretStore.get(STORE_KEY_SECRET))?.['key'] ?? '', 'base64').length, 32);
});

test('administrators are warned when the database was encrypted with another key', async () => {
  await using store = await openStore({ kind: 'sqlite', file: ':memory:' });
  const [before, now] = [randomBytes(32), randomBytes(32)];
  assert.deepEqual(await keyWarnings(store.values, before), []);
  assert.deepEqual(await keyWarnings(store.values, before), []);
  const [warning] = await keyWarnings(store.values, now);
  assert.match(warning?.text ?? '', /encrypted with another key.*restore store\.key/);
});
