import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, suite, test } from 'node:test';
import { promisify } from 'node:util';
import { missingAccess, withMount } from '#processes/reach.ts';

const run = promisify(execFile);
const ACCOUNT = { name: 'somebody', uid: 54_321, gid: 54_322 };
const skip = process.getuid?.() === 0 ? false : 'needs root: it mounts a folder';

suite('a program below a folder that only root can enter', { skip }, () => {
  let folder: string;
  let mount: { from: string; to: string };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'deskpod-reach-'));
    mount = { from: join(folder, 'closed/program'), to: join(folder, 'open') };
    await mkdir(mount.from, { recursive: true });
    await mkdir(mount.to);
    await chmod(folder, 0o755);
    await chmod(join(folder, 'closed'), 0o700);
    await writeFile(join(mount.from, 'entry'), 'hello', { mode: 0o644 });
  });
  afterEach(() => rm(folder, { recursive: true }));

  test('is read at its other place, which nobody else sees', async () => {
    const [program, args] = withMount(mount.from, mount.to, ['cat', join(mount.to, 'entry')]);
    assert.equal((await run(program, args)).stdout, 'hello');
    await assert.rejects(run('cat', [join(mount.to, 'entry')]), /No such file/);
  });

  test('can’t gain privileges', async () => {
    const [program, args] = withMount(mount.from, mount.to, ['grep', 'NoNewPrivs', '/proc/self/status']);
    assert.match((await run(program, args)).stdout, /NoNewPrivs:\s*1/);
  });

  test('access that the user lacks is reported, each path in its own way', async () => {
    const wanted = [
      { path: join(mount.to, 'entry'), mode: 'r' },
      { path: join(mount.to, 'entry'), mode: 'w' },
      { path: join(folder, 'closed'), mode: 'x' },
      { path: join(folder, "it's not there"), mode: 'r' },
    ] as const;
    assert.deepEqual(await missingAccess(ACCOUNT, mount, wanted), wanted.slice(1));
  });
});
