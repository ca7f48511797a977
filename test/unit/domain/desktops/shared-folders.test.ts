/** Who gets which shared folders. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sharedWith } from '#domain/desktops/shared-folders.ts';

const folders = [
  { name: 'Projects', groups: ['crew', 'office'], readOnly: false },
  { name: 'Rules', groups: ['all'], readOnly: true },
];

test('a user gets the folders of their groups, and those of everybody', () => {
  assert.deepEqual(sharedWith(folders, ['office'], { provider: 'planet' }), ['Projects', 'Rules']);
  assert.deepEqual(sharedWith(folders, ['other'], { provider: 'planet' }), ['Rules']);
});

test('guests get none, whatever the groups', () => {
  assert.deepEqual(sharedWith(folders, ['crew'], { provider: 'anonymous' }), []);
});
