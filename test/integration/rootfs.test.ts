/** Building Debian for the images: what is stopped has ended, with everything that it started. */
import assert from 'node:assert/strict';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeRootfs } from '#containers-client/images/rootfs.ts';
import { descendantsNamed } from '../fixtures/processes.ts';

const skip = process.getuid?.() !== 0 && 'needs root';
const SECONDS = '86399.25';

test('a build that is stopped ends at once, and leaves no process', { skip, timeout: 60_000 }, async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'deskpod-rootfs-'));
  const path = process.env['PATH'] ?? '';
  t.after(async () => {
    process.env['PATH'] = path;
    await rm(folder, { recursive: true });
  });
  const program = join(folder, 'mmdebstrap');
  await writeFile(program, `#!/bin/sh\necho 'I: begun' >&2\nsleep ${SECONDS}\n`);
  await chmod(program, 0o755);
  process.env['PATH'] = `${folder}:${path}`;
  const abort = new AbortController();
  const report = (line: string): void => {
    if (line === 'begun') abort.abort(new Error('stopped'));
  };
  await assert.rejects(makeRootfs({ workDir: join(folder, 'work') }, report, abort.signal), /stopped/);
  assert.deepEqual(await descendantsNamed(SECONDS), []);
});
