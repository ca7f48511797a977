import assert from 'node:assert/strict';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { lockFolder } from '#store/folder-lock.ts';

test('one server locks a data folder, by any path, until it releases it', async (t) => {
  const parent = await mkdtemp(join(tmpdir(), 'deskpod-lock-'));
  t.after(() => rm(parent, { recursive: true }));
  await symlink(parent, join(parent, 'alias'));
  const held = await lockFolder(parent);
  await assert.rejects(lockFolder(join(parent, 'alias')), /Another Deskpod server uses/);
  await held[Symbol.asyncDispose]();
  await using again = await lockFolder(parent);
  assert.ok(again);
});
