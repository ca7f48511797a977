/** The key that encrypts what the store keeps. */
import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { clusterStoreKey, keyWarnings, localStoreKey, STORE_KEY_SECRET } from '#auth/store-key.ts';
import type { Store } from '#domain/ports/store.ts';
import { openStore } from '#store/open.ts';
import { FakeSecretStore } from '../../fakes/secret-store.ts';
import { aDebugRecord, aLaunchRecord } from '../../fixtures/store-samples.ts';

async function aFolder() {
  const path = await mkdtemp(join(tmpdir(), 'deskpod-keys-'));
  return { dir: join(path, 'keys'), [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}

test('on one machine the key is generated once, in a file that only its owner reads', async () => {
  await using folder = await aFolder();
  const [one, ...others] = await Promise.all(Array.from({ length: 20 }, () => localStoreKey(folder.dir)));
  for (const other of others) assert.deepEqual(other, one);
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

/** What a start with this key warns about. */
async function startWith(database: string, key: Uint8Array, work: (store: Store) => Promise<void> = async () => {}) {
  await using store = await openStore({ kind: 'sqlite', file: database }, key);
  const warnings = await keyWarnings(store, key);
  await work(store);
  return warnings.map(({ text }) => text);
}

test('administrators are warned at each start while the database has values of another key', async () => {
  await using folder = await aFolder();
  const database = join(folder.dir, 'deskpod.db');
  const [before, now] = [randomBytes(32), randomBytes(32)];
  const add = (id: string) => async (store: Store) => await store.launches.add(aLaunchRecord(id));
  assert.deepEqual(await startWith(database, before, add('old')), []);
  assert.deepEqual(await startWith(database, before), []);
  for (const start of ['first', 'second']) {
    const [text] = await startWith(database, now, add(start));
    assert.match(text ?? '', /encrypted with another key.*restore store\.key.*launches\.keepDays/, start);
  }
  const [restored] = await startWith(database, before);
  assert.match(restored ?? '', /another key/, 'what was written meanwhile');
  assert.equal((await startWith(database, now, (store) => store.launches.remove('old'))).length, 1);
  assert.deepEqual(await startWith(database, now), [], 'all that is left is readable');
});

test('a new key for an empty database is nothing to warn about, and old debug sessions of another one expire', async () => {
  await using folder = await aFolder();
  const database = join(folder.dir, 'deskpod.db');
  const keys = [randomBytes(32), randomBytes(32), randomBytes(32)] as const;
  assert.deepEqual(await startWith(database, keys[0]), []);
  const add = async (store: Store) => await store.debug.add(aDebugRecord(randomUUID()));
  assert.deepEqual(await startWith(database, keys[1], add), []);
  const later = new Date(Date.now() + 86_400_000);
  const prune = async (store: Store) => assert.equal(await store.debug.prune(later), 1);
  assert.equal((await startWith(database, keys[2], prune)).length, 1);
  assert.deepEqual(await startWith(database, keys[2]), []);
});
