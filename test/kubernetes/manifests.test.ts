/** The chart, the plain manifests and the scripts as files, without an installation. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { renderManifests } from '../../deploy/kubernetes/manifests.ts';
import { ROOT } from '../e2e/tools.ts';
import { done, kubectl, noCluster, noHelm, noShellcheck, shell } from './install-kit.ts';

const CHART = join(ROOT, 'deploy/kubernetes/chart');
const NAMESPACE = 'deskpod-test-manifests';

test('the plain manifests equal what the chart renders', { skip: noHelm }, async () => {
  for (const [file, rendered] of await renderManifests()) {
    const committed = await readFile(join(ROOT, 'deploy/kubernetes', file), 'utf8');
    assert.equal(committed, rendered, `run npm run manifests: ${file} differs`);
  }
});

test('helm lint finds no errors in the chart', { skip: noHelm }, async () => {
  await done(`helm lint --strict ${CHART}`);
  await done(`helm lint --strict ${CHART} --set small=true,ingress.enabled=true,homes.kind=persistentVolumeClaim`);
});

test('values that cannot work together are refused with an explanation', { skip: noHelm }, async () => {
  const { code, err } = await shell(`helm template ${CHART} --set homes.kind=hostPath`);
  assert.equal(code, 1);
  assert.match(err, /hostPath needs podSecurity.level=privileged/);
});

test('an unknown or invalid value is refused with its name', { skip: noHelm }, async () => {
  for (const [values, expected] of [
    ['bogus=1', /'bogus' not allowed/],
    ['gateway.nodePorts=30443', /\/gateway': additional properties 'nodePorts' not allowed/],
    ['path=desk', /path=desk must begin with a slash: --set path=\/desk/],
    ['image.registry=https://registry.example.org', /\/image\/registry/],
    ['gateway.serviceType=Nodeport', /\/gateway\/serviceType/],
    ['ingress.enabled=true,ingress.path=/desk', /--set path=\/desk/],
  ] as const) {
    const { code, err } = await shell(`helm template ${CHART} --set ${values}`);
    assert.equal(code, 1, values);
    assert.match(err, expected);
  }
});

test('the speed test can be disabled, with all its objects', { skip: noHelm }, async () => {
  const render = `helm template ${CHART} --set keys.create=false`;
  assert.match(await done(render), /speedtest-od/);
  assert.doesNotMatch(await done(`${render},speedtest.enabled=false`), /speedtest/);
});

test('the scripts pass shellcheck', { skip: noShellcheck }, async () => {
  await done(`cd ${ROOT} && shellcheck -x deploy/*.sh deploy/kubernetes/*.sh`);
});

test('an invalid option is reported, with a pointer to the valid ones', async () => {
  for (const script of ['install', 'uninstall']) {
    const { code, err } = await shell(`${ROOT}/deploy/${script}.sh --nonsense`);
    assert.equal(code, 2);
    assert.match(err, /Unknown option: --nonsense[^]*--help/);
    assert.match(await done(`${ROOT}/deploy/${script}.sh --help`), /--namespace/);
  }
});

suite('a namespace that enforces Pod Security restricted', { skip: noCluster, timeout: 600_000 }, () => {
  before(async () => {
    await shell(`kubectl create namespace ${NAMESPACE}`);
    await kubectl(`label --overwrite namespace ${NAMESPACE} pod-security.kubernetes.io/enforce=restricted`);
    await kubectl(`label --overwrite namespace ${NAMESPACE} pod-security.kubernetes.io/warn=restricted`);
  });
  after(() => kubectl(`delete namespace ${NAMESPACE} --wait=false`));

  for (const [what, values] of [
    ['replicas', 'prepull=true'],
    ['one pod', 'small=true'],
    ['everything that can be switched on', 'ingress.enabled=true,homes.kind=persistentVolumeClaim,path=/desk'],
    [
      'the profile for production',
      'profile=production,allowedHosts={desk.example.org},ingress.enabled=true,ingress.host=desk.example.org,ingress.tlsSecret=tls',
    ],
    [
      'the profile for production without an Ingress',
      'profile=production,allowedHosts={desk.example.org},tls.secret=tls,gateway.serviceType=LoadBalancer',
    ],
  ] as const) {
    test(`all objects of ${what} are accepted without a warning`, { skip: noHelm }, async () => {
      const render = `helm template deskpod ${CHART} -n ${NAMESPACE} --set gateway.nodePort=null,${values}`;
      const { code, out, err } = await shell(`${render} | kubectl apply --dry-run=server -f -`);
      assert.equal(code, 0, err);
      assert.equal(err, '');
      assert.match(out, /deployment.apps\/api created/);
    });
  }

  test('the plain manifests are accepted', async () => {
    for (const file of ['deskpod', 'deskpod-small', 'poduser', 'homes', 'limits']) {
      const here = `sed 's/namespace: abcdesktop/namespace: ${NAMESPACE}/; s/nodePort: .*//' deploy/kubernetes/${file}.yaml`;
      const { code, err } = await shell(`cd ${ROOT} && ${here} | kubectl apply --dry-run=server -f -`);
      assert.equal(code, 0, err);
      assert.doesNotMatch(err, /would violate/);
    }
  });

  for (const [values, expected] of [
    [
      'path=/desk',
      /echo "http:\/\/\$\(kubectl get nodes .*\):\$\(kubectl get service gateway -n .*nodePort}'\)\/desk\/"/,
    ],
    [
      'gateway.serviceType=ClusterIP,path=/desk',
      /kubectl port-forward service\/gateway 8080:80 .*http:\/\/localhost:8080\/desk\//,
    ],
    ['gateway.serviceType=LoadBalancer', /echo "http:\/\/\$\(kubectl get service gateway .*loadBalancer/],
    [
      'ingress.enabled=true,ingress.host=desk.example.org,ingress.tlsSecret=tls',
      /^ {2}https:\/\/desk\.example\.org\/$/m,
    ],
    ['ingress.enabled=true,ingress.host=desk.example.org,path=/desk', /^ {2}http:\/\/desk\.example\.org\/desk\/$/m],
  ] as const) {
    test(`the notes contain the address of ${values}`, { skip: noHelm }, async () => {
      const notes = await done(
        `helm install x ${CHART} -n ${NAMESPACE} --dry-run=client --set keys.create=false,${values}`,
      );
      assert.match(notes, expected);
      assert.match(notes, /kubectl get secret deskpod-admin -n .*password.*base64 -d/);
    });
  }

  test('the api has only the permissions that it needs, and no other part talks to the cluster', async () => {
    const manifest = await readFile(join(ROOT, 'deploy/kubernetes/deskpod.yaml'), 'utf8');
    for (const deployment of manifest.split('---\n').filter((text) => /^kind: Deployment$/m.test(text))) {
      const name = /^ {2}name: (.*)$/m.exec(deployment)?.[1];
      assert.equal(/automountServiceAccountToken: false/.test(deployment), name !== 'api', name);
      assert.doesNotMatch(deployment, /deskpod-admin/, 'the api reads the password when needed, and never mounts it');
    }
    const roles = manifest.split('---\n').filter((text) => /^kind: (Cluster)?Role$/m.test(text));
    const rules = roles.flatMap((text) =>
      [...text.matchAll(/resources: \[(.*)\]\n\s+verbs: \[(.*)\]/g)].map(
        ([, resource, verbs]) => `${resource}: ${verbs}`,
      ),
    );
    assert.deepEqual(rules.toSorted(), [
      'events: list',
      'networkpolicies: create, delete',
      'nodes: get, list, watch',
      'pods/ephemeralcontainers: patch',
      'pods/exec, pods/attach: create, get',
      'pods/log: get',
      'pods: get, list, watch, create, delete, patch',
      // In its own namespace, if users' pods have another one.
      'pods: list, patch',
      'secrets: get, create',
      'secrets: get, list, create, delete',
    ]);
  });
});
