/** The key of the manager API in an installation on Kubernetes. */
import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { test } from 'node:test';
import { loadConfig } from '#config/load.ts';
import { managerAccess, MANAGER_KEY_SECRET } from '#server/manager.ts';
import { FakeSecretStore } from '../../../fakes/secret-store.ts';

async function accessOf(secretStore: FakeSecretStore, env: Record<string, string> = {}) {
  const all = { DESKPOD_ENGINE: 'kubernetes', DESKPOD_DATA: tmpdir(), ...env };
  const { config, secrets, notes } = await loadConfig({ env: all, options: {}, defaultFile: null });
  const access = await managerAccess(config, secrets, secretStore, async () => ['10.42.0.0/24'], tmpdir());
  return { access, notes: notes.map(({ key }) => key) };
}

test('without a key and permitted networks one is created for all replicas, and the log has the command that prints it', async () => {
  const secretStore = new FakeSecretStore();
  const [{ access: one }, { access: two }] = await Promise.all([accessOf(secretStore), accessOf(secretStore)]);
  assert.deepEqual(one.keys, two.keys);
  assert.ok((one.keys[0] ?? '').length >= 32);
  assert.equal(
    one.keyCommand,
    `kubectl get secret ${MANAGER_KEY_SECRET} -n abcdesktop -o jsonpath='{.data.key}' | base64 -d`,
  );
  assert.deepEqual([await one.isPod('10.42.0.17'), await one.isPod('10.42.0.1')], [true, false]);
});

test('a key in the configuration is used, and the log says where it is', async () => {
  const secretStore = new FakeSecretStore();
  const { access } = await accessOf(secretStore, { DESKPOD_MANAGER_API_KEYS: '0123456789abcdef' });
  assert.deepEqual([access.keys, secretStore.secrets.size], [['0123456789abcdef'], 0]);
  assert.match(access.keyCommand ?? '', /kubectl get configmap abcdesktop-config -n abcdesktop/);
});

test('networks without a key are accepted, with a warning', async () => {
  const secretStore = new FakeSecretStore();
  const { access, notes } = await accessOf(secretStore, { DESKPOD_MANAGER_PERMIT_NETWORKS: '0.0.0.0/0' });
  assert.deepEqual([access.keys, access.keyCommand, secretStore.secrets.size], [[], null, 0]);
  assert.ok(notes.includes('manager.permitNetworks'));
});

test('with nothing set loopback is for owners; networks that are set are for everybody in them, with a warning', async () => {
  const secretStore = new FakeSecretStore();
  const { access, notes } = await accessOf(secretStore);
  for (const owner of [0, process.getuid?.() ?? 0]) assert.ok(access.owners?.includes(owner));
  const ofManager = (all: readonly string[]) => all.filter((note) => note.startsWith('manager.'));
  assert.deepEqual(ofManager(notes), []);
  const set = await accessOf(secretStore, { DESKPOD_MANAGER_PERMIT_NETWORKS: '127.0.0.0/8' });
  assert.equal(set.access.owners, null);
  assert.deepEqual(ofManager(set.notes), ['manager.permitNetworks']);
});
