/** What the first process of a toolbox says of what it looks into, before anything else. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';

const SCRIPT = join(import.meta.dirname, '../../images/toolbox/toolbox');
const run = promisify(execFile);

async function says(env: Readonly<Record<string, string>>, ...command: readonly string[]): Promise<string[]> {
  const { stdout } = await run('bash', [SCRIPT, ...command], {
    env: { PATH: process.env['PATH'], TOOLBOX_NAME: '2048', ...env },
    timeout: 20_000,
  });
  return stdout.trimEnd().split('\n');
}

test('of a target whose processes it does not see it says so, and runs the command all the same', async () => {
  const [first, second] = await says({ TOOLBOX_TARGET: 'ab'.repeat(32) }, 'echo', 'done');
  assert.match(
    first ?? '',
    /^Toolbox beside 2048, whose processes are not seen from here: .*the runtime does not share/,
  );
  assert.equal(second, 'done');
});

test('without a target it says what is shared', async () => {
  const [first] = await says({}, 'true');
  assert.match(first ?? '', /^Toolbox beside 2048: its processes, network and IPC are shared/);
});

test('a target that is no container id is looked for by nobody', async () => {
  const [first] = await says({ TOOLBOX_TARGET: '$(touch /tmp/x) .*' }, 'true');
  assert.match(first ?? '', /not seen from here/);
});
