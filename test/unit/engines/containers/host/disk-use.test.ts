/** Measuring what a folder takes on its file system. */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { diskUse } from '#engines/containers/host/disk-use.ts';
import { failsWith } from '../../../../fixtures/fails-with.ts';
import { needsLinux } from '../../../../fixtures/machine.ts';

const MB = 1024 ** 2;

test('blocks count in all folders; links are not followed, and holes take nothing', needsLinux(), async (context) => {
  const root = await mkdtemp(join(tmpdir(), 'deskpod-disk-use-'));
  context.after(() => rm(root, { recursive: true }));
  const home = join(root, '-home');
  await mkdir(join(home, '.cache/deep'), { recursive: true });
  await writeFile(join(root, 'elsewhere'), Buffer.alloc(8 * MB, 'x'));
  await writeFile(join(home, '.cache/deep/a'), Buffer.alloc(2 * MB, 'x'));
  await writeFile(join(home, 'hole'), '');
  await truncate(join(home, 'hole'), 64 * MB);
  await symlink(join(root, 'elsewhere'), join(home, 'link'));
  const bytes = await diskUse(home);
  assert.ok(bytes >= 2 * MB && bytes < 3 * MB, `${bytes} bytes`);
});

test('a folder that is not there is an error', needsLinux(), async () => {
  await assert.rejects(diskUse('/nonexistent/home'), failsWith('internal_error'));
});
