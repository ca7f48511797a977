import assert from 'node:assert/strict';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { lockFolder } from '#store/folder-lock.ts';

test('a data folder belongs to one server, by whatever path it is named, until that one lets go', async (t) => {
  const parent = await mkdtemp(join(tmpdir(), 'deskpod-lock-'));
  t.after(() => rm(parent, { recursive: true }));
  await symlink(parent, join(parent, 'alias'));
  const held = await lockFolder(parent);
  await assert.rejects(lockFolder(join(parent, 'alias')), /Another Deskpod server runs on/);
  await held[Symbol.asyncDispose]();
  await using again = await lockFolder(parent);
  assert.ok(again);
});
