/** What `deploy/install.sh` refuses on a real cluster before it creates anything, and which pods it reports. */
import assert from 'node:assert/strict';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { after, suite, test } from 'node:test';
import { ROOT } from '../e2e/tools.ts';
import { defaultClass, kubectl, MINUTE_MS, noCluster, Place, REGISTRY, shell } from './install-kit.ts';

const SCRIPT = join(ROOT, 'deploy/install.sh');

suite('checks before anything is created', { skip: noCluster, timeout: 10 * MINUTE_MS }, () => {
  const place = new Place('refused', 30_551);
  after(() => place[Symbol.asyncDispose]());

  test('a dry run prints every object and creates nothing', async () => {
    const { code, out, err } = await place.install('--dry-run');
    assert.equal(code, 0, err);
    for (const object of [
      'namespace/',
      'secret/abcdesktopjwtusersigning',
      'deployment.apps/gateway',
      'service/desktop',
    ])
      assert.match(out, new RegExp(object));
    assert.match(out, /Nothing was created/);
    assert.equal(await kubectl(`get namespace ${place.namespace} --ignore-not-found`), '');
  });

  test('a dry run for production has an Ingress and limits', async () => {
    const { code, out, err } = await place.install(
      '--dry-run --production --allowed-hosts desk.example.org --tls-secret tls',
    );
    assert.equal(code, 0, out + err);
    for (const object of ['ingress.networking.k8s.io/deskpod', 'resourcequota/deskpod', 'limitrange/deskpod'])
      assert.match(out, new RegExp(object));
    assert.doesNotMatch(out, /openldap/);
  });

  test('the kubectl command can consist of several words', async () => {
    const { code, err } = await shell(`KUBECTL='env LC_ALL=C kubectl' ${SCRIPT} ${place.options} --dry-run`);
    assert.equal(code, 0, err);
  });

  test('piped from curl, the script uses the manifests of a release, and reports when there is none', async () => {
    const piped = `cat ${SCRIPT} | bash -s -- ${place.options} --dry-run`;
    const alone = await shell(piped);
    assert.equal(alone.code, 1);
    assert.match(alone.err, /DESKPOD_RELEASE/);
    const released = await shell(piped, { DESKPOD_RELEASE: `file://${ROOT}/deploy/` });
    assert.equal(released.code, 0, released.err);
    assert.match(released.out, /deployment.apps\/api created/);
  });

  test('without a storage class the script lists the alternatives', async () => {
    using _ = await defaultClass();
    const { code, err } = await shell(
      `${SCRIPT} --namespace ${place.namespace} --node-port ${place.nodePort} </dev/null`,
    );
    assert.equal(code, 1);
    for (const way of ['--node-path', '--small', '--storage-class']) assert.match(err, new RegExp(way));
  });

  test('an unreachable cluster is reported with the way to select another one', async () => {
    const { code, err } = await shell(`${SCRIPT} --dry-run`, { KUBECONFIG: '/dev/null' });
    assert.equal(code, 1);
    assert.match(err, /API server cannot be reached[^]*KUBECONFIG/);
  });

  test('a port that another service uses is refused, and a free one is suggested', async () => {
    await using other = new Place('other', place.nodePort);
    await kubectl(`create namespace ${other.namespace}`);
    await kubectl(`-n ${other.namespace} create service nodeport web --tcp=80 --node-port=${place.nodePort}`);
    const { code, err } = await place.install();
    assert.equal(code, 1);
    assert.match(err, new RegExp(`${place.nodePort} belongs to the service ${other.namespace}/web[^]*--node-port 30`));
  });

  test('a namespace that has another installation is refused', async () => {
    await using other = new Place('taken', 30_552);
    await kubectl(`create namespace ${other.namespace}`);
    await kubectl(`-n ${other.namespace} create deployment pyos-od --image=none --replicas=0`);
    const { code, err } = await other.install();
    assert.equal(code, 1);
    assert.match(err, /another installation: pyos-od[^]*--namespace/);
  });

  test('an image that cannot be pulled stops the script with the pod, the image and the message of Kubernetes', async () => {
    const { code, err } = await place.install('--tag not-there');
    assert.equal(code, 1);
    assert.match(err, /pod\/anonymous-\S+ does not start/);
    assert.match(err, new RegExp(`image +${REGISTRY}/\\w+:not-there`));
    assert.match(err, /event +\w+: .*not found/i);
  });

  test('a folder missing on the node stops the script with its path, and the next run continues once it exists', async () => {
    await using other = new Place('folder', 30_556);
    await rm(other.folder, { recursive: true });
    const { code, err } = await other.install();
    assert.equal(code, 1);
    assert.match(err, /pod\/postgres-\S+ does not start: a volume cannot be mounted/);
    assert.match(err, new RegExp(`event +FailedMount: .*${other.folder}`));
    await mkdir(other.folder);
    const again = await other.install();
    assert.equal(again.code, 0, again.out + again.err);
  });
});

test('the documents name every file that an installation needs', async () => {
  const text = await readFile(join(ROOT, 'docs/install-kubernetes.md'), 'utf8');
  for (const file of ['install.sh', 'uninstall.sh', 'deskpod.yaml', 'deskpod-small.yaml', 'poduser.yaml', 'od.config'])
    assert.ok(text.includes(file), file);
});
