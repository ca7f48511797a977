/** The chart, the plain manifests and the scripts as files: no installation is made. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { renderManifests } from '../../deploy/kubernetes/manifests.ts';
import { ROOT } from '../e2e/tools.ts';
import { done, kubectl, noCluster, noHelm, noShellcheck, shell } from './install-kit.ts';

const CHART = join(ROOT, 'deploy/kubernetes/chart');
const NAMESPACE = 'deskpod-test-manifests';

test('the plain manifests are what the chart renders', { skip: noHelm }, async () => {
  for (const [file, rendered] of await renderManifests()) {
    const committed = await readFile(join(ROOT, 'deploy/kubernetes', file), 'utf8');
    assert.equal(committed, rendered, `run npm run manifests: ${file} differs`);
  }
});

test('helm finds nothing wrong with the chart', { skip: noHelm }, async () => {
  await done(`helm lint --strict ${CHART}`);
  await done(`helm lint --strict ${CHART} --set small=true,ingress.enabled=true,homes.kind=persistentVolumeClaim`);
});

test('what cannot work is refused in words', { skip: noHelm }, async () => {
  const { code, err } = await shell(`helm template ${CHART} --set homes.kind=hostPath`);
  assert.equal(code, 1);
  assert.match(err, /hostPath needs podSecurity.level=privileged/);
});

test('the scripts are clean', { skip: noShellcheck }, async () => {
  await done(`cd ${ROOT} && shellcheck -x deploy/*.sh deploy/kubernetes/*.sh`);
});

test('a wrong option is told, with where the right ones are', async () => {
  for (const script of ['install', 'uninstall']) {
    const { code, err } = await shell(`${ROOT}/deploy/${script}.sh --nonsense`);
    assert.equal(code, 2);
    assert.match(err, /no option --nonsense[^]*--help/);
    assert.match(await done(`${ROOT}/deploy/${script}.sh --help`), /--namespace/);
  }
});

suite('a namespace that enforces Pod Security restricted', { skip: noCluster, timeout: 300_000 }, () => {
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
  ] as const) {
    test(`takes all objects of ${what} without a warning`, { skip: noHelm }, async () => {
      const render = `helm template deskpod ${CHART} -n ${NAMESPACE} --set gateway.nodePort=null,${values}`;
      const { code, out, err } = await shell(`${render} | kubectl apply --dry-run=server -f -`);
      assert.equal(code, 0, err);
      assert.equal(err, '');
      assert.match(out, /deployment.apps\/api created/);
    });
  }

  test('takes the plain manifests', async () => {
    for (const file of ['deskpod', 'deskpod-small', 'poduser', 'homes']) {
      const here = `sed 's/namespace: abcdesktop/namespace: ${NAMESPACE}/; s/nodePort: .*//' deploy/kubernetes/${file}.yaml`;
      const { code, err } = await shell(`cd ${ROOT} && ${here} | kubectl create --dry-run=server -f -`);
      assert.equal(code, 0, err);
      assert.doesNotMatch(err, /would violate/);
    }
  });

  test('the api may do what it does and no more', async () => {
    const manifest = await readFile(join(ROOT, 'deploy/kubernetes/deskpod.yaml'), 'utf8');
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
      'secrets: get, list, create, delete',
    ]);
  });
});
