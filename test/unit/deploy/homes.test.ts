/**
 * The choice of homes in `deploy/install.sh`, with a fake kubectl that only answers reads: before anything is created.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { needsLinux } from '../../fixtures/machine.ts';

const LINUX = needsLinux('bash');

const DEPLOY = resolve(import.meta.dirname, '../../../deploy');
const KUBECTL = `#!/usr/bin/env bash
case "$*" in
  version*) echo '{"serverVersion":{"major":"1","minor":"36"}}' ;;
  *'auth can-i'*) echo yes ;;
  *'get nodes -o go-template'*) printf '%b' "\${FAKE_NODES:-node1\\n}" ;;
  *'get storageclass -o go-template'*) printf '%b' "\${FAKE_DEFAULT:-}" ;;
  *'get storageclass fast'*) ;;
  *'get storageclass'* | *'get namespace'*) exit 1 ;;
  *'get configmap abcdesktop-config'*'-o name') [ -z "\${FAKE_CONFIG:-}" ] || echo configmap/abcdesktop-config ;;
  *'get configmap abcdesktop-config'*) [ -z "\${FAKE_CONFIG:-}" ] || cat "$FAKE_CONFIG" ;;
  kustomize*) cat "$2"/*.yaml ;;
  *apply*) cat >/dev/null ;;
esac
`;
const WAYS = ['--homes-path ', '--homes persistentVolumeClaim --storage-class', '--homes none'];

suite('homes of an installation with the script', LINUX, () => {
  let folder = '';
  const config = (name: string): string => join(folder, name);
  const install = (options: readonly string[], env: Readonly<Record<string, string>> = {}) => {
    const { status, stdout, stderr } = spawnSync(
      'bash',
      [join(DEPLOY, 'install.sh'), '--dry-run', '--node-path', folder, ...options],
      { env: { ...process.env, KUBECTL: join(folder, 'kubectl'), ...env }, encoding: 'utf8', stdio: 'pipe' },
    );
    return { status, out: stdout, err: stderr };
  };
  const refuses = (words: RegExp, options: readonly string[], env = {}): string => {
    const { status, out, err } = install(options, env);
    assert.notEqual(status, 0, out);
    assert.match(err, words);
    assert.doesNotMatch(out, /Would create/);
    return err;
  };

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'deskpod-install-'));
    await writeFile(join(folder, 'kubectl'), KUBECTL);
    await chmod(join(folder, 'kubectl'), 0o755);
    const text = await readFile(join(DEPLOY, 'kubernetes/od.config'), 'utf8');
    const line = /^desktop\.homedirectorytype: .*$/m;
    await writeFile(config('none'), text);
    await writeFile(config('silent'), text.replace(line, ''));
    await writeFile(config('claims'), text.replace(line, "desktop.homedirectorytype: 'persistentVolumeClaim'"));
    const template = "desktop.persistentvolume: { 'spec': {} }";
    await writeFile(
      config('template'),
      text.replace(line, `desktop.homedirectorytype: 'persistentVolumeClaim'\n${template}`),
    );
  });
  after(() => rm(folder, { recursive: true }));

  test('a default class is used', () => {
    assert.match(install([], { FAKE_DEFAULT: 'true\n' }).out, /Homes: a claim for each user; files outlive/);
    const silent = install(['--config', config('silent')], { FAKE_DEFAULT: 'true\n' });
    assert.match(silent.out, /Homes: a claim for each user/);
  });

  test('a class chosen for the data is also used for homes', () => {
    const { out } = install(['--storage-class', 'fast']);
    assert.match(out, /Homes: a claim for each user of the class fast/);
  });

  test('without a class, and without a terminal, the script lists three alternatives', () => {
    const err = refuses(/no default storage class, and homes need storage/, []);
    for (const way of WAYS) assert.ok(err.includes(way), way);
    assert.match(install(['--homes', 'none']).out, /Homes: none\. Files are deleted when a desktop ends/);
    assert.match(install(['--homes-path', '/srv/h']).out, /Homes: folders of the node node1 in \/srv\/h/);
  });

  test('claims without volumes are refused, unless volumes are created from a template', () => {
    refuses(/no claim would get a volume/, ['--homes', 'persistentVolumeClaim']);
    refuses(/no claim would get a volume/, ['--config', config('claims')]);
    assert.equal(install(['--config', config('template')]).status, 0);
    assert.equal(install(['--homes', 'persistentVolumeClaim', '--storage-class', 'fast']).status, 0);
  });

  test('an existing setting is kept unless an option changes it', () => {
    assert.match(install([], { FAKE_CONFIG: config('none'), FAKE_DEFAULT: 'true\n' }).out, /Homes: none/);
    assert.equal(install([], { FAKE_CONFIG: config('claims') }).status, 0);
    const asked = install(['--homes', 'persistentVolumeClaim'], {
      FAKE_CONFIG: config('none'),
      FAKE_DEFAULT: 'true\n',
    });
    assert.match(asked.out, /Homes: a claim for each user/);
  });

  test('folders of a node need the node, the level and a valid path', () => {
    const several = { FAKE_NODES: 'a\nb\n' };
    refuses(/several nodes, so .* --node/, ['--homes-path', '/srv/h', '--homes', 'hostPath'], several);
    refuses(/There is no node c/, ['--homes-path', '/srv/h', '--node', 'c'], several);
    refuses(/need --level privileged/, ['--homes-path', '/srv/h', '--level', 'baseline']);
    refuses(/can contain only/, ['--homes-path', "/srv/h' }"]);
    refuses(/must start with/, ['--homes-path', 'srv']);
    refuses(/requires --homes hostPath/, ['--homes-path', '/srv/h', '--homes', 'none']);
  });

  test('od.config contains the setting once, even if it is set repeatedly', async () => {
    const set = (file: string, homes: string): Promise<string> => {
      const script = `set -e; say() { printf '%s\\n' "$*"; }; . ${DEPLOY}/kubernetes/homes.sh; ${homes}; set_homes ${file}`;
      const { status, stderr } = spawnSync('bash', ['-c', script], { encoding: 'utf8' });
      assert.equal(status, 0, stderr);
      return readFile(file, 'utf8');
    };
    for (const name of ['none', 'silent']) {
      const file = config(name);
      const folders = 'HOMES=hostPath HOMES_PATH=/srv/h HOMES_NODE=node1 HOMES_CLASS=';
      const first = await set(file, folders);
      assert.match(first, /^desktop\.homedirectorytype: 'hostPath'\ndesktop\.hostPathRoot: '\/srv\/h'\n/m);
      assert.match(first, /^desktop\.nodeselector: \{ 'kubernetes\.io\/hostname': 'node1' \}$/m);
      assert.equal(await set(file, folders), first);
      await set(file, 'HOMES=persistentVolumeClaim HOMES_CLASS=fast');
      const last = await set(file, 'HOMES=persistentVolumeClaim HOMES_CLASS=slow');
      assert.deepEqual(last.match(/^desktop\.homedirectorytype.*$/gm), [
        "desktop.homedirectorytype: 'persistentVolumeClaim'",
      ]);
      assert.deepEqual(last.match(/'storageClassName': '\w+'/g), ["'storageClassName': 'slow'"]);
      assert.doesNotMatch(last, /hostPathRoot/);
      assert.match(await set(file, 'HOMES=none HOMES_CLASS='), /^desktop\.homedirectorytype: None$/m);
    }
  });
});
