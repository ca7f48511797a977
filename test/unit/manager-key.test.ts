/** Which key opens the manager API of an installation on Kubernetes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadConfig } from '#config/load.ts';
import { managerAccess, MANAGER_KEY_SECRET } from '#server/manager.ts';
import { FakeShelf } from '../fakes/secret-shelf.ts';

async function accessOf(shelf: FakeShelf, env: Record<string, string> = {}) {
  const all = { DESKPOD_ENGINE: 'kubernetes', ...env };
  const { config, secrets, notes } = await loadConfig({ env: all, options: {}, defaultFile: null });
  const access = await managerAccess(config, secrets, shelf, async () => ['10.42.0.0/24']);
  return { access, notes: notes.map(({ key }) => key) };
}

test('without a key and without permitted networks one is made, the same for all replicas, and its command is told', async () => {
  const shelf = new FakeShelf();
  const [{ access: one }, { access: two }] = await Promise.all([accessOf(shelf), accessOf(shelf)]);
  assert.deepEqual(one.keys, two.keys);
  assert.ok((one.keys[0] ?? '').length >= 32);
  assert.equal(
    one.keyCommand,
    `kubectl get secret ${MANAGER_KEY_SECRET} -n abcdesktop -o jsonpath='{.data.key}' | base64 -d`,
  );
  assert.deepEqual([await one.isPod('10.42.0.17'), await one.isPod('10.42.0.1')], [true, false]);
});

test('a key of the configuration counts, and where it is read is told', async () => {
  const shelf = new FakeShelf();
  const { access } = await accessOf(shelf, { DESKPOD_MANAGER_API_KEYS: '0123456789abcdef' });
  assert.deepEqual([access.keys, shelf.secrets.size], [['0123456789abcdef'], 0]);
  assert.match(access.keyCommand ?? '', /kubectl get configmap abcdesktop-config -n abcdesktop/);
});

test('networks that need no key are honoured, with a warning', async () => {
  const shelf = new FakeShelf();
  const { access, notes } = await accessOf(shelf, { DESKPOD_MANAGER_PERMIT_NETWORKS: '0.0.0.0/0' });
  assert.deepEqual([access.keys, access.keyCommand, shelf.secrets.size], [[], null, 0]);
  assert.ok(notes.includes('manager.permitNetworks'));
});
