/** `deploy/install.sh --production`, and where the script puts secrets, with a fake kubectl that keeps what is applied. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { needsLinux } from '../../fixtures/machine.ts';

const DEPLOY = resolve(import.meta.dirname, '../../../deploy');
/** Everything is ready at once. The kustomization comes with the manifests that it refers to. */
const KUBECTL = `#!/usr/bin/env bash
case "$*" in
  version*) echo '{"serverVersion":{"major":"1","minor":"36"}}' ;;
  *'can-i create resourcequotas'*) echo "\${FAKE_QUOTA:-yes}" ;;
  *'auth can-i'*) echo yes ;;
  *'get ingress deskpod'*) [ -z "\${FAKE_INGRESS:-}" ] || echo ingress/deskpod ;;
  *'get nodes -o go-template'*) printf 'node1\\n' ;;
  *'get storageclass -o go-template'*) printf 'true\\n' ;;
  *'get pod anonymous'*) printf 'Ready=True ' ;;
  *'get deployment api'*'-o name'* | *'get deployment gateway'*) [ -z "\${FAKE_API:-}" ] || echo deployment/api ;;
  *'get deployment api'*) ;;
  *'get deployments -l'*) echo '1 1 1 1 1 1' ;;
  *'get secret abcdesktop'* | *'get secret deskpod-admin'*) echo secret/deskpod-admin ;;
  *'get namespace'*go-template*) ;;
  *'get namespace'* | *'get storageclass'*) exit 1 ;;
  kustomize*) cat "$2"/*.yaml ;;
  *'create configmap'*--dry-run=client*) echo "$*" | tr ' ' '\\n' | sed -n 's/^--from-file=//p; s/^--from-literal=/SETTING /p' | while read -r line; do case $line in SETTING*) echo "$line" ;; *) cat "$line" ;; esac; done ;;
  *'apply -f -'*) cat >>"$FAKE_OUT"; echo configmap/x created ;;
  *'apply -f '*) for file in "$@"; do case $file in *.yaml) cat "$file" >>"$FAKE_OUT" ;; esac; done ;;
  *'rollout restart'*) echo "RESTARTED $*" >>"$FAKE_OUT" ;;
esac
`;
const PRODUCTION = [
  '--production',
  '--allowed-hosts',
  'desk.example.org,*.desks.example.org',
  '--tls-secret',
  'desk-tls',
];

suite('an installation with the script', needsLinux('bash', 'openssl', 'curl'), () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'deskpod-production-'));
    await writeFile(join(folder, 'kubectl'), KUBECTL);
    await writeFile(join(folder, 'curl'), '#!/bin/sh\n');
    for (const program of ['kubectl', 'curl']) await chmod(join(folder, program), 0o755);
  });
  after(() => rm(folder, { recursive: true }));

  const install = async (options: readonly string[], env: Readonly<Record<string, string>> = {}) => {
    const applied = join(folder, 'applied');
    await writeFile(applied, '');
    const { status, stdout, stderr } = spawnSync('bash', [join(DEPLOY, 'install.sh'), ...options], {
      env: {
        ...process.env,
        PATH: `${folder}:${process.env['PATH']}`,
        KUBECTL: join(folder, 'kubectl'),
        FAKE_OUT: applied,
        ...env,
      },
      encoding: 'utf8',
      stdio: 'pipe',
      timeout: 60_000,
    });
    return { status, out: stdout, err: stderr, applied: await readFile(applied, 'utf8') };
  };

  for (const [options, expected] of [
    [['--production', '--tls-secret', 'desk-tls'], /needs the host names .*--allowed-hosts desk\.example\.org/],
    [['--production', '--allowed-hosts', 'desk.example.org'], /needs the Secret with the certificate.*--tls-secret/],
    [['--production', '--allowed-hosts', '*', '--tls-secret', 'x'], /contains \* for any/],
    [[...PRODUCTION, '--with-openldap'], /no demo users/],
    [['--tls-secret', 'desk-tls'], /require --production/],
    [['--allowed-hosts', 'https://desk'], /isn't a list of host names/],
  ] as const) {
    test(`refuses ${options.join(' ')}`, async () => {
      const { status, err, applied } = await install(options);
      assert.equal(status, 2, err);
      assert.match(err, expected);
      assert.equal(applied, '');
    });
  }

  test('for production has an Ingress with TLS, no node port, no guests, no demo users, and limits', async () => {
    const { status, out, err, applied } = await install([...PRODUCTION, '--ingress-class', 'nginx', '--path', '/desk']);
    assert.equal(status, 0, out + err);
    assert.match(applied, /kind: Ingress\n[^]*ingressClassName: nginx\n[^]*secretName: desk-tls\n/);
    for (const name of ['desk.example.org', '*.desks.example.org'])
      assert.ok(
        applied.includes(`    - host: "${name}"\n      http:\n        paths:\n          - path: /desk\n`),
        name,
      );
    assert.match(
      applied,
      /"\/spec\/type", "value": "ClusterIP" \}, \{ "op": "remove", "path": "\/spec\/ports\/0\/nodePort"/,
    );
    assert.match(applied, /kind: ResourceQuota\n/);
    assert.match(applied, /name: openldap \}, \$patch: delete/);
    assert.match(applied, /'planet': \{ 'config_ref': 'ldapconfig', 'enabled': False \}/);
    for (const setting of [
      'DESKPOD_ANONYMOUS=false',
      'DESKPOD_PROXY_TLS=true',
      'DESKPOD_ALLOWED_HOSTS=desk.example.org,*.desks.example.org',
    ])
      assert.ok(applied.includes(`SETTING ${setting}\n`), setting);
    assert.match(out, /Deskpod is at https:\/\/desk\.example\.org\//);
    assert.match(out, /kubectl create secret tls desk-tls/);
    assert.match(out, /--trusted-proxies/);
    assert.doesNotMatch(applied, /RESTARTED/);
  });

  test('that becomes one for production is restarted with its settings', async () => {
    const { applied } = await install(PRODUCTION, { FAKE_API: 'yes' });
    assert.match(applied, /RESTARTED .*rollout restart deployment -l app\.kubernetes\.io\/part-of=deskpod/);
  });

  test('without the permission for a quota says so and continues', async () => {
    const { status, out, applied } = await install(PRODUCTION, { FAKE_QUOTA: 'no' });
    assert.equal(status, 0, out);
    assert.match(out, /limits\.yaml/);
    assert.doesNotMatch(applied, /kind: ResourceQuota/);
  });

  test('is not opened again by a run without the option', async () => {
    const { status, err, applied } = await install([], { FAKE_INGRESS: 'yes' });
    assert.equal(status, 1);
    assert.match(err, /was installed with --production/);
    assert.equal(applied, '');
  });

  test('by default has a node port, demo users and no Ingress', async () => {
    const { status, out, err, applied } = await install([]);
    assert.equal(status, 0, out + err);
    assert.match(applied, /"\/spec\/ports\/0\/nodePort", "value": 30443/);
    assert.doesNotMatch(applied, /kind: (Ingress|ResourceQuota|LimitRange)\n/);
    assert.match(out, /Hermes Conrad[^]*--production/);
  });

  test('has no key of the manager API in od.config, and prints the Secrets with the key and the password', async () => {
    const { out, applied } = await install([]);
    assert.match(applied, /^namespace: 'abcdesktop'$/m);
    assert.match(applied, /^#controllers/m);
    assert.doesNotMatch(applied, /^controllers/m);
    assert.match(out, /Manager key +\S+ get secret deskpod-manager-key -n abcdesktop/);
    assert.match(out, /get secret deskpod-admin -n abcdesktop .*base64 -d/);
  });
});
