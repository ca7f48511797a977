/** Users' pods in a namespace of their own: what the chart and `install.sh` put where. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { needsLinux } from '../../fixtures/machine.ts';

const DEPLOY = resolve(import.meta.dirname, '../../../deploy');
const Rendered = z.looseObject({
  kind: z.string(),
  metadata: z.looseObject({
    name: z.string(),
    namespace: z.string().optional(),
    labels: z.record(z.string(), z.string()).default({}),
    annotations: z.record(z.string(), z.string()).default({}),
  }),
});
type Rendered = z.infer<typeof Rendered>;
const Role = z.object({
  rules: z.array(z.object({ resources: z.array(z.string()), verbs: z.array(z.string()) })),
});

function documentsIn(yaml: string): Rendered[] {
  return parseAllDocuments(yaml).flatMap((document) => {
    const parsed = Rendered.safeParse(document.toJS());
    return parsed.success ? [parsed.data] : [];
  });
}

function chart(...values: readonly string[]): Rendered[] {
  const sets = ['userPods.namespace=users', 'keys.create=false', ...values].flatMap((value) => ['--set', value]);
  const args = ['template', 'deskpod', join(DEPLOY, 'kubernetes/chart'), '-n', 'desk', ...sets];
  const { status, stdout, stderr } = spawnSync('helm', args, { encoding: 'utf8', timeout: 60_000 });
  assert.equal(status, 0, stderr);
  return documentsIn(stdout);
}

/** `KIND/NAME` of the objects in a namespace. */
function namesIn(objects: readonly Rendered[], namespace: string | undefined): string[] {
  return objects
    .filter(({ metadata }) => metadata.namespace === namespace)
    .map(({ kind, metadata }) => `${kind}/${metadata.name}`)
    .toSorted();
}

const OF_USERS = [
  'NetworkPolicy/default-deny',
  'NetworkPolicy/desktops',
  'Role/pyos-role',
  'RoleBinding/pyos-rbac',
  'Service/desktop',
];
const ALL = ['limitRange.enabled=true', 'resourceQuota.enabled=true', 'homes.kind=persistentVolumeClaim'];

suite('the chart', needsLinux('helm'), () => {
  test("has users' objects, limits and permissions in their namespace, and only the installation's in its own", () => {
    assert.deepEqual(namesIn(chart(), 'users'), OF_USERS);
    const objects = chart(...ALL);
    const more = ['LimitRange/deskpod', 'ResourceQuota/deskpod', 'Role/pyos-role-homes', 'RoleBinding/pyos-rbac-homes'];
    assert.deepEqual(namesIn(objects, 'users'), [...OF_USERS, ...more].toSorted());
    const own = namesIn(objects, 'desk');
    for (const name of ['Role/pyos-role-server', 'NetworkPolicy/default-deny', 'Deployment/api'])
      assert.ok(own.includes(name), name);
    for (const name of [...OF_USERS.slice(1), ...more]) assert.ok(!own.includes(name), name);
    for (const binding of objects.filter(({ kind }) => kind === 'RoleBinding'))
      assert.match(JSON.stringify(binding), /"name":"pyos-serviceaccount","namespace":"desk"/);
  });

  test('the api can neither create pods in its own namespace nor list Secrets there', () => {
    const own = chart().find(({ metadata }) => metadata.name === 'pyos-role-server');
    assert.deepEqual(Role.parse(own).rules, [
      { resources: ['secrets'], verbs: ['get', 'create'] },
      { resources: ['pods'], verbs: ['list', 'patch'] },
    ]);
  });

  test('creates the namespace with the Pod Security level, and keeps it with the homes in it', () => {
    const namespace = chart('podSecurity.level=baseline').find(({ kind }) => kind === 'Namespace');
    assert.equal(namespace?.metadata.name, 'users');
    assert.equal(namespace.metadata.labels['pod-security.kubernetes.io/enforce'], 'baseline');
    assert.equal(namespace.metadata.labels['deskpod/installation'], 'desk');
    assert.equal(namespace.metadata.annotations['helm.sh/resource-policy'], 'keep');
    assert.ok(chart('userPods.createNamespace=false').every(({ kind }) => kind !== 'Namespace'));
    const both = chart('podSecurity.level=baseline', 'namespace.create=true');
    const levels = both.flatMap(({ kind, metadata: { name, labels } }) =>
      kind === 'Namespace' ? [`${name} ${labels['pod-security.kubernetes.io/enforce']}`] : [],
    );
    assert.deepEqual(levels, ['desk restricted', 'users baseline']);
  });

  test('without the value has everything in one namespace', () => {
    const objects = chart('userPods.namespace=', ...ALL);
    assert.deepEqual(namesIn(objects, 'users'), []);
    assert.ok(!JSON.stringify(objects).includes('DESKPOD_PODS_NAMESPACE'));
  });
});

/** Answers as a cluster with keys and nothing else, keeps what is applied; kustomize is the real one. */
const KUBECTL = `#!/usr/bin/env bash
case "$*" in
  version*) echo '{"serverVersion":{"major":"1","minor":"36"}}' ;;
  *'auth can-i'*) echo yes ;;
  *'get deployment api'*go-template*DESKPOD_PODS_NAMESPACE*) printf '%s' "\${FAKE_BEFORE:-}" ;;
  *'get pvc -l '*) [ -z "\${FAKE_LEFT:-}" ] || echo "$FAKE_LEFT" ;;
  *'get deployment api'*) ;;
  *'get secret abcdesktopjwt'*) echo secret/key ;;
  *'get deployments -l'*) echo '1 1 1 1 1 1' ;;
  *'get pod anonymous'*) printf 'Ready=True ' ;;
  *'get namespace'*go-template*) ;;
  *'get namespace'*) exit 1 ;;
  *'get storageclass -o go-template'*) printf 'true\\n' ;;
  kustomize*) exec REAL "$@" ;;
  *'apply -f -'*) cat >/dev/null ;;
  *'apply -f '*/all.yaml) cat "\${@: -1}" >"$FAKE_OUT/applied" ;;
  *label*|*'create '*) echo "$*" >>"$FAKE_OUT/commands" ;;
esac
`;

suite('install.sh --pods-namespace', needsLinux('bash', 'openssl', 'curl', 'kubectl', 'helm'), () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'deskpod-namespaces-'));
    const real = spawnSync('bash', ['-c', 'command -v kubectl'], { encoding: 'utf8' }).stdout.trim();
    await writeFile(join(folder, 'kubectl'), KUBECTL.replace('REAL', real));
    await writeFile(join(folder, 'curl'), '#!/bin/sh\n');
    for (const program of ['kubectl', 'curl']) await chmod(join(folder, program), 0o755);
  });
  after(() => rm(folder, { recursive: true }));

  const install = (options: readonly string[], env: Readonly<Record<string, string>> = {}) =>
    spawnSync('bash', [join(DEPLOY, 'install.sh'), '--namespace', 'desk', ...options], {
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

  test('puts the same objects into the same namespaces as the chart, with the same policies', async () => {
    const production = ['--production', '--allowed-hosts', 'desk.example.org', '--tls-secret', 'tls'];
    const { status, stdout, stderr } = install(['--pods-namespace', 'users', ...production]);
    assert.equal(status, 0, stdout + stderr);
    const applied = documentsIn(await readFile(join(folder, 'applied'), 'utf8'));
    const values = ['profile=production', 'allowedHosts={desk.example.org}', 'ingress.enabled=true'];
    const rendered = chart('homes.kind=persistentVolumeClaim', 'ingress.tlsSecret=tls', ...values);
    assert.deepEqual(namesIn(applied, 'users'), namesIn(rendered, 'users'));
    for (const kind of ['NetworkPolicy', 'Role', 'RoleBinding']) {
      const of = (objects: readonly Rendered[]) =>
        objects
          .filter((object) => object.kind === kind)
          .map(({ metadata: { name, namespace }, ...rest }) => ({ name, namespace, ...rest }))
          .toSorted((a, b) => `${a.namespace}/${a.name}`.localeCompare(`${b.namespace}/${b.name}`));
      assert.deepEqual(of(applied), of(rendered), kind);
    }
    const api = applied.find(({ kind, metadata }) => kind === 'Deployment' && metadata.name === 'api');
    assert.match(JSON.stringify(api), /"name":"DESKPOD_PODS_NAMESPACE","value":"users"/);
    const commands = await readFile(join(folder, 'commands'), 'utf8');
    assert.match(commands, /^create namespace users$/m);
    assert.match(commands, /^label --overwrite namespace users pod-security\S+enforce=restricted/m);
    assert.match(commands, /^label --overwrite namespace users deskpod\/installation=desk$/m);
    assert.match(commands, /^--namespace users create secret generic abcdesktopregistrysecret/m);
  });

  test('is remembered, and refused where users have pods or homes in another namespace', async () => {
    assert.equal(install([], { FAKE_BEFORE: 'users' }).status, 0);
    assert.match(await readFile(join(folder, 'applied'), 'utf8'), /namespace: users/);
    const left = { FAKE_LEFT: 'persistentvolumeclaim/leela' };
    assert.equal(install([], { FAKE_BEFORE: 'users', ...left }).status, 0);
    for (const [option, before] of [
      ['users', ''],
      ['others', 'users'],
      ['desk', 'users'],
    ] as const) {
      const { status, stderr } = install(['--pods-namespace', option], { FAKE_BEFORE: before, ...left });
      assert.equal(status, 1);
      assert.match(stderr, new RegExp(`the namespace ${before || 'desk'} has users' pods or homes.*claim/leela`));
    }
  });
});
