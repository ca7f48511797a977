/** The pod with which `deploy/install.sh` pulls images, on a node that ends pods slowly; with a fake kubectl. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { needsLinux } from '../../fixtures/machine.ts';

const SCRIPT = resolve(import.meta.dirname, '../../../deploy/install.sh');
/** Deleting a pod and waiting for it, within some time or without end, fails if `FAKE_STUCK` is set. */
const KUBECTL = `#!/usr/bin/env bash
case "$*" in
  version*) echo '{"serverVersion":{"major":"1","minor":"36"}}' ;;
  *'auth can-i'*) echo yes ;;
  *'get deployment api'*) ;;
  *'get secret abcdesktopjwt'*) echo secret/key ;;
  *'get deployments -l'*) echo '1 1 1 1 1 1' ;;
  *'get pod anonymous'*) printf 'Ready=True ' ;;
  *'get storageclass -o go-template'*) printf 'true\\n' ;;
  *'delete pod'*)
    echo "$*" >>"$FAKE_OUT/deleted"
    case "$*" in *--wait=false*) ;; *) [ -z "\${FAKE_STUCK:-}" ] ;; esac
    ;;
  kustomize*) cat "$2"/*.yaml ;;
  *'apply -f -'*) cat >/dev/null ;;
esac
`;

suite('the pod of install.sh that pulls images', needsLinux('bash', 'openssl'), () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'deskpod-prepull-'));
    await writeFile(join(folder, 'kubectl'), KUBECTL);
    await writeFile(join(folder, 'curl'), '#!/bin/sh\n');
    for (const program of ['kubectl', 'curl']) await chmod(join(folder, program), 0o755);
  });
  after(() => rm(folder, { recursive: true }));

  const install = (env: Readonly<Record<string, string>> = {}) =>
    spawnSync('bash', [SCRIPT, '--namespace', 'desk'], {
      env: {
        ...process.env,
        PATH: `${folder}:${process.env['PATH']}`,
        KUBECTL: join(folder, 'kubectl'),
        FAKE_OUT: folder,
        ...env,
      },
      encoding: 'utf8',
      stdio: 'pipe',
      timeout: 60_000,
    });

  test('is deleted at the end without waiting until it is gone, and at the start with a limit', async () => {
    const { status, stdout, stderr } = install();
    assert.equal(status, 0, stdout + stderr);
    const [first = '', last = '', ...more] = (await readFile(join(folder, 'deleted'), 'utf8')).trim().split('\n');
    assert.match(first, /delete pod anonymous-.*--timeout=120s/);
    assert.match(last, /delete pod anonymous-.*--wait=false/);
    assert.deepEqual(more, []);
  });

  test('stops the script when that of an earlier run does not go, with the command to find the reason', () => {
    const { status, stderr } = install({ FAKE_STUCK: 'yes' });
    assert.equal(status, 1);
    assert.match(stderr, /pod\/anonymous-\S+ of an earlier run isn't gone after 120 seconds.*\n.*kubectl describe pod/);
  });
});
