/** Shared folders on Kubernetes: claims of the configuration, mounted below the home. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sharedVolumes } from '#engines/kubernetes/specs/shared-folders.ts';

const account = { userId: 'hermes', displayName: 'Hermes Conrad', provider: 'planet', uid: 2043, gid: 12_043 };
const shared = [
  { name: 'Team files', claim: 'team', readOnly: false, gid: 4200 },
  { name: 'Rules', claim: 'rules', readOnly: true, gid: null },
];

test('a desktop mounts the claims of its folders, and its pod gets their groups', () => {
  const { volumes, mounts, groups } = sharedVolumes({ shared }, ['Rules', 'Team files'], account);
  assert.deepEqual(
    volumes.map(({ persistentVolumeClaim }) => persistentVolumeClaim),
    [
      { claimName: 'team', readOnly: false },
      { claimName: 'rules', readOnly: true },
    ],
  );
  assert.deepEqual(
    mounts.map(({ mountPath, readOnly }) => [mountPath, readOnly]),
    [
      ['/home/hermes/Shared/Team files', false],
      ['/home/hermes/Shared/Rules', true],
    ],
  );
  assert.deepEqual(
    mounts.map(({ name }) => name),
    volumes.map(({ name }) => name),
  );
  for (const { name } of volumes) assert.match(name, /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/);
  assert.deepEqual(groups, { supplementalGroups: [4200] });
});

test('what isn’t configured is not mounted', () => {
  assert.deepEqual(sharedVolumes({ shared }, ['../etc', 'team'], account), { volumes: [], mounts: [], groups: {} });
});
