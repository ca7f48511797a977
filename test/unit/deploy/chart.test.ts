/** What the chart renders: the profile for production, limits of user pods, and keys. */
import assert from 'node:assert/strict';
import { createPrivateKey, createPublicKey } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { suite, test } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { needsLinux } from '../../fixtures/machine.ts';

const CHART = resolve(import.meta.dirname, '../../../deploy/kubernetes/chart');
const INGRESS = ['ingress.enabled=true', 'ingress.host=desk.example.org', 'ingress.tlsSecret=desk-tls'];
const PRODUCTION = ['profile=production', 'allowedHosts={desk.example.org}'];

const Rendered = z.looseObject({ kind: z.string(), metadata: z.looseObject({ name: z.string() }) });
type Rendered = z.infer<typeof Rendered>;

function helm(values: readonly string[]) {
  const args = ['template', 'deskpod', CHART, ...values.flatMap((value) => ['--set', value])];
  return spawnSync('helm', args, { encoding: 'utf8', timeout: 60_000 });
}

/** Documents by kind and name. */
function render(...values: readonly string[]): ReadonlyMap<string, Rendered> {
  const { status, stdout, stderr } = helm(values);
  assert.equal(status, 0, stderr);
  const documents = parseAllDocuments(stdout).flatMap((document) => {
    const parsed = Rendered.safeParse(document.toJS());
    return parsed.success ? [parsed.data] : [];
  });
  return new Map(documents.map((document) => [`${document.kind}/${document.metadata.name}`, document]));
}

const Deployment = z.object({
  spec: z.object({
    template: z.object({
      spec: z.object({
        containers: z.array(
          z.looseObject({ env: z.array(z.looseObject({ name: z.string(), value: z.string().optional() })) }),
        ),
      }),
    }),
  }),
});

/** The variables of the first container. */
function envOf(objects: ReadonlyMap<string, Rendered>, deployment: string): Record<string, string | undefined> {
  const { spec } = Deployment.parse(objects.get(`Deployment/${deployment}`));
  const [container] = spec.template.spec.containers;
  return Object.fromEntries((container?.env ?? []).map(({ name, value }) => [name, value]));
}

suite('the profile for production', needsLinux('helm'), () => {
  for (const [values, expected] of [
    [['profile=production', ...INGRESS], /needs the host names .*--set allowedHosts=\{desk\.example\.org\}/],
    [['profile=production', ...INGRESS, 'allowedHosts={*}'], /needs the host names/],
    [PRODUCTION, /needs TLS: .*ingress\.tlsSecret.*tls\.secret/],
    [[...PRODUCTION, 'ingress.enabled=true'], /needs TLS/],
    [[...PRODUCTION, ...INGRESS, 'gateway.serviceType=NodePort'], /gateway\.serviceType=NodePort, set tls\.secret/],
    [[...INGRESS, 'tls.secret=desk-tls'], /tls\.secret is for a gateway without an Ingress/],
    [['profile=prod'], /profile/],
  ] as const) {
    test(`refuses ${values.join(' ')}`, () => {
      const { status, stderr } = helm(values);
      assert.equal(status, 1);
      assert.match(stderr, expected);
    });
  }

  test('has an Ingress with TLS, no node port, no demo users, no guests, and limits', () => {
    const objects = render(...PRODUCTION, ...INGRESS);
    const { spec } = z
      .object({ spec: z.object({ type: z.string(), ports: z.array(z.looseObject({})) }) })
      .parse(objects.get('Service/gateway'));
    assert.equal(spec.type, 'ClusterIP');
    assert.ok(!('nodePort' in (spec.ports[0] ?? {})));
    for (const object of ['Ingress/deskpod', 'LimitRange/deskpod', 'ResourceQuota/deskpod'])
      assert.ok(objects.has(object), object);
    assert.ok([...objects.keys()].every((name) => !name.endsWith('/openldap')));
    assert.match(JSON.stringify(objects.get('ConfigMap/abcdesktop-config')), /'planet': \{[^}]*'enabled': False/);
    const env = envOf(objects, 'api');
    assert.deepEqual(
      [env['DESKPOD_ANONYMOUS'], env['DESKPOD_ALLOWED_HOSTS'], env['DESKPOD_PROXY_TLS']],
      ['false', 'desk.example.org', 'true'],
    );
    for (const part of ['gateway', 'speedtest'])
      assert.equal(envOf(objects, part)['DESKPOD_ALLOWED_HOSTS'], 'desk.example.org', part);
  });

  test('can serve TLS without an Ingress', () => {
    for (const [part, values] of [
      ['gateway', []],
      ['api', ['small=true']],
    ] as const) {
      const objects = render(...PRODUCTION, 'tls.secret=desk-tls', 'gateway.serviceType=LoadBalancer', ...values);
      const env = envOf(objects, part);
      assert.equal(env['DESKPOD_TLS_CERT'], '/etc/deskpod/tls/tls.crt');
      assert.equal(env['DESKPOD_TLS'], 'files', 'the image has another default');
      const deployment = JSON.stringify(objects.get(`Deployment/${part}`));
      assert.match(deployment, /"secret":\{"secretName":"desk-tls"/);
      assert.equal(deployment.match(/"scheme":"HTTPS"/g)?.length, 3, 'the probes use TLS');
      assert.match(JSON.stringify(objects.get('Service/gateway')), /"port":443/);
    }
  });

  test('is not the default', () => {
    const objects = render();
    for (const object of ['Ingress/deskpod', 'LimitRange/deskpod', 'ResourceQuota/deskpod'])
      assert.ok(!objects.has(object), object);
    assert.ok(objects.has('Deployment/openldap'));
    assert.equal(envOf(objects, 'api')['DESKPOD_ANONYMOUS'], undefined);
  });
});

suite('keys and user pods', needsLinux('helm'), () => {
  test('limits can be chosen without the profile', () => {
    assert.ok(render('limitRange.enabled=true').has('LimitRange/deskpod'));
    const objects = render(...PRODUCTION, ...INGRESS, 'resourceQuota.enabled=false');
    assert.ok(!objects.has('ResourceQuota/deskpod') && objects.has('LimitRange/deskpod'));
  });

  test('values of user pods are variables of the api', () => {
    const pods = [
      'userNamespaces=true',
      'runtimeClassName=gvisor',
      'seccompProfiles=deskpod',
      'storageLimit=8Gi',
      'homeSize=4Gi',
      'tmpSize=2Gi',
    ];
    const env = envOf(render(...pods.map((value) => `userPods.${value}`)), 'api');
    assert.equal(env['DESKPOD_USER_NAMESPACES'], 'true');
    assert.equal(env['DESKPOD_RUNTIME_CLASS'], 'gvisor');
    assert.equal(env['DESKPOD_SECCOMP_PROFILES'], 'deskpod');
    assert.equal(env['DESKPOD_STORAGE_LIMIT'], '8Gi');
    assert.equal(env['DESKPOD_TEMPORARY_HOME_SIZE'], '4Gi');
    assert.equal(env['DESKPOD_TMP_SIZE'], '2Gi');
    assert.equal(env['DESKPOD_STORAGE_REQUEST'], undefined);
  });

  test('the key of the manager API is in a Secret only', () => {
    const objects = render('odConfig.managerKey=a-key-of-twenty-chars');
    assert.match(JSON.stringify(objects.get('Secret/deskpod-manager-key')), /a-key-of-twenty-chars/);
    assert.doesNotMatch(JSON.stringify(objects.get('ConfigMap/abcdesktop-config')), /a-key-of-twenty-chars/);
    assert.ok(!render().has('Secret/deskpod-manager-key'), 'otherwise the api creates it');
  });

  test('each created key has a public half, which belongs to it', () => {
    const objects = render();
    for (const [secret, stem] of [
      ['abcdesktopjwtusersigning', 'abcdesktop_jwt_user_signing'],
      ['abcdesktopjwtdesktopsigning', 'abcdesktop_jwt_desktop_signing'],
      ['abcdesktopjwtdesktoppayload', 'abcdesktop_jwt_desktop_payload'],
    ]) {
      const { data } = z.object({ data: z.record(z.string(), z.string()) }).parse(objects.get(`Secret/${secret}`));
      const pem = (half: string) => Buffer.from(data[`${stem}_${half}_key.pem`] ?? '', 'base64').toString();
      const derived = createPublicKey(createPrivateKey(pem('private')).export({ type: 'pkcs8', format: 'pem' }));
      assert.ok(createPublicKey(pem('public')).equals(derived), secret);
    }
  });
});
