/** The first administrator in a cluster: stored in a Secret, the same for all replicas, and never in a log. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ADMINISTRATOR_SECRET, passwordCommand } from '#auth/cluster-administrator.ts';
import { createDirectory } from '#auth/directory.ts';
import { addUser } from '#auth/local-users.ts';
import { DeskpodError } from '#domain/errors.ts';
import type { Store } from '#domain/ports/store.ts';
import { firstAdministrator } from '#server/administrator.ts';
import { openStore } from '#store/open.ts';
import { FakeSecretStore } from '../../fakes/secret-store.ts';

async function aCluster() {
  const store = await openStore({ kind: 'sqlite', file: ':memory:' });
  const secretStore = new FakeSecretStore();
  const log: string[] = [];
  const start = () => firstAdministrator(store, secretStore, { warn: (message) => void log.push(message) });
  return { store, secretStore, log, start, [Symbol.asyncDispose]: () => store[Symbol.asyncDispose]() };
}

async function logsIn(store: Store, password: string): Promise<boolean> {
  const identity = await createDirectory(store, { demo: false }).authenticate({ name: 'admin', password });
  return identity?.user.roles.includes('admin') ?? false;
}

test('replicas that start together create one administrator, with the password of one Secret', async () => {
  await using cluster = await aCluster();
  const { store, secretStore, log, start } = cluster;
  assert.deepEqual(
    await Promise.all([start(), start(), start()]),
    [null, null, null],
    'no replica prints the password',
  );
  const secret = secretStore.secrets.get(ADMINISTRATOR_SECRET) ?? {};
  assert.equal(secret['username'], 'admin');
  assert.ok(await logsIn(store, secret['password'] ?? ''));
  assert.equal(log.length, 1);
  assert.ok(log[0]?.includes(passwordCommand('abcdesktop')), log[0]);
  assert.ok(!log.join().includes(secret['password'] ?? ''));
});

test('an existing Secret determines the password, and an unusable one is refused with its name', async () => {
  await using cluster = await aCluster();
  cluster.secretStore.secrets.set(ADMINISTRATOR_SECRET, { password: 'short' });
  await assert.rejects(
    cluster.start(),
    (error) =>
      error instanceof DeskpodError &&
      /Secret deskpod-admin .*8 characters/.test(error.message) &&
      /kubectl delete secret deskpod-admin -n abcdesktop/.test(error.remedy ?? ''),
  );
  cluster.secretStore.secrets.set(ADMINISTRATOR_SECRET, { password: 'chosen by me' });
  await cluster.start();
  assert.ok(await logsIn(cluster.store, 'chosen by me'));
});

test('an installation that has an administrator gets no Secret, and a removed Secret is not created again', async () => {
  await using cluster = await aCluster();
  await addUser(cluster.store, { name: 'Zapp Brannigan', password: 'long enough', roles: ['admin'] });
  await cluster.start();
  assert.deepEqual([cluster.secretStore.secrets.size, cluster.log], [0, []]);
});
