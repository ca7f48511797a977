/** What the first process of a toolbox prints about its target before anything else. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { needsLinux } from '../../fixtures/machine.ts';

const LINUX = needsLinux('bash');

const SCRIPT = join(import.meta.dirname, '../../../images/toolbox/toolbox');
const run = promisify(execFile);

async function says(env: Readonly<Record<string, string>>, ...command: readonly string[]): Promise<string[]> {
  const { stdout } = await run('bash', [SCRIPT, ...command], {
    env: { PATH: process.env['PATH'], TOOLBOX_NAME: '2048', ...env },
    timeout: 20_000,
  });
  return stdout.trimEnd().split('\n');
}

test("if it cannot see the target's processes, it says so and still runs the command", LINUX, async () => {
  const [first, second] = await says({ TOOLBOX_TARGET: 'ab'.repeat(32) }, 'echo', 'done');
  assert.match(
    first ?? '',
    /^Toolbox beside 2048, whose processes are not seen from here: .*the runtime does not share/,
  );
  assert.equal(second, 'done');
});

test('without a target it lists what is shared', LINUX, async () => {
  const [first] = await says({}, 'true');
  assert.match(first ?? '', /^Toolbox beside 2048: its processes, network and IPC are shared/);
});

test('an invalid container id is not searched for', LINUX, async () => {
  const [first] = await says({ TOOLBOX_TARGET: '$(touch /tmp/x) .*' }, 'true');
  assert.match(first ?? '', /not seen from here/);
});
