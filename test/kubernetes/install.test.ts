/** `deploy/install.sh` and `deploy/uninstall.sh` against a real cluster: what they refuse, and whole installations. */
import assert from 'node:assert/strict';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { after, suite, test } from 'node:test';
import { curl, ROOT } from '../e2e/tools.ts';
import { clear, done, kubectl, MINUTE_MS, noCluster, noHelm, Place, REGISTRY, shell } from './install-kit.ts';

const SCRIPT = join(ROOT, 'deploy/install.sh');
const ROLES = ['pyos-od', 'nginx-od', 'mongodb-od', 'speedtest-od', 'openldap-od'];

suite('before anything is made', { skip: noCluster, timeout: 10 * MINUTE_MS }, () => {
  const place = new Place('refused', 30_551);
  after(() => place[Symbol.asyncDispose]());

  test('a dry run shows every object and leaves no trace', async () => {
    const { code, out, err } = await place.install('--dry-run');
    assert.equal(code, 0, err);
    for (const object of [
      'namespace/',
      'secret/abcdesktopjwtusersigning',
      'deployment.apps/gateway',
      'service/desktop',
    ])
      assert.match(out, new RegExp(object));
    assert.match(out, /Nothing was made/);
    assert.equal(await kubectl(`get namespace ${place.namespace} --ignore-not-found`), '');
  });

  test('kubectl may be several words', async () => {
    const { code, err } = await shell(`KUBECTL='env LC_ALL=C kubectl' ${SCRIPT} ${place.options} --dry-run`);
    assert.equal(code, 0, err);
  });

  test('piped from curl it takes the manifests of a release, and says so when it has none', async () => {
    const piped = `cat ${SCRIPT} | bash -s -- ${place.options} --dry-run`;
    const alone = await shell(piped);
    assert.equal(alone.code, 1);
    assert.match(alone.err, /DESKPOD_RELEASE/);
    const released = await shell(piped, { DESKPOD_RELEASE: `file://${ROOT}/deploy/` });
    assert.equal(released.code, 0, released.err);
    assert.match(released.out, /deployment.apps\/api created/);
  });

  test('without a storage class it names the ways out', async () => {
    const { code, err } = await shell(
      `${SCRIPT} --namespace ${place.namespace} --node-port ${place.nodePort} </dev/null`,
    );
    assert.equal(code, 1);
    for (const way of ['--node-path', '--small', '--storage-class']) assert.match(err, new RegExp(way));
  });

  test('a cluster that does not answer is told with how to choose another', async () => {
    const { code, err } = await shell(`${SCRIPT} --dry-run`, { KUBECONFIG: '/dev/null' });
    assert.equal(code, 1);
    assert.match(err, /API server cannot be reached[^]*KUBECONFIG/);
  });

  test('a port that belongs to another service is refused, with a free one', async () => {
    await using other = new Place('other', place.nodePort);
    await kubectl(`create namespace ${other.namespace}`);
    await kubectl(`-n ${other.namespace} create service nodeport web --tcp=80 --node-port=${place.nodePort}`);
    const { code, err } = await place.install();
    assert.equal(code, 1);
    assert.match(err, new RegExp(`${place.nodePort} belongs to the service ${other.namespace}/web[^]*--node-port 30`));
  });

  test('a namespace with another installation is refused', async () => {
    await using other = new Place('taken', 30_552);
    await kubectl(`create namespace ${other.namespace}`);
    await kubectl(`-n ${other.namespace} create deployment pyos-od --image=none --replicas=0`);
    const { code, err } = await other.install();
    assert.equal(code, 1);
    assert.match(err, /another installation: pyos-od[^]*--namespace/);
  });

  test('an image that cannot be pulled ends it with pod, image and what Kubernetes says', async () => {
    const { code, err } = await place.install('--tag not-there');
    assert.equal(code, 1);
    assert.match(err, /pod\/anonymous-\S+ does not start/);
    assert.match(err, new RegExp(`image +${REGISTRY}/\\w+:not-there`));
    assert.match(err, /event +\w+: .*not found/i);
  });

  test('a folder that is not on the node ends it with the folder, and made, the next run goes on', async () => {
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

suite('an installation by the script', { skip: noCluster, timeout: 20 * MINUTE_MS }, () => {
  const place = new Place('script', 30_553);
  const state = (what: string) => kubectl(`get ${what} -n ${place.namespace}`);
  let keys = '';
  after(() => place[Symbol.asyncDispose]());

  test('ends with the address, and every documented role runs', async () => {
    const { code, out, err } = await place.install();
    assert.equal(code, 0, `${out}${err}`);
    assert.match(out, new RegExp(`Deskpod is at http://\\S+:${place.nodePort}`));
    for (const role of ROLES) assert.match(await state(`pods -l run=${role}`), /1\/1\s+Running/, role);
    assert.equal((await curl(`${place.address}/healthz`)).body, 'OK');
    assert.match((await curl(place.address)).body, /<html/i);
  });

  test('od.config has a key, without which the manager API is closed', async () => {
    const images = `${place.address}/API/manager/images`;
    const refused = await curl(images);
    assert.equal(refused.status, 403);
    assert.match(refused.body, /X-API-Key/);
    const config = await state(`configmap abcdesktop-config -o jsonpath='{.data.od\\.config}'`);
    const key = /'apikey': \[ '([0-9a-f]{48})' \]/.exec(config)?.[1] ?? '';
    assert.equal((await curl('-H', `X-API-Key: ${key}`, images)).status, 200);
  });

  test('run again it changes nothing and keeps keys and passwords', async () => {
    keys = await state('secrets -o jsonpath="{.items[*].data}"');
    const before = await state(`deployments -o jsonpath='{.items[*].metadata.generation}'`);
    const { code, out, err } = await place.install();
    assert.equal(code, 0, `${out}${err}`);
    assert.equal(await state('secrets -o jsonpath="{.items[*].data}"'), keys);
    assert.equal(await state(`deployments -o jsonpath='{.items[*].metadata.generation}'`), before);
  });

  test('another form in the same place is refused', async () => {
    const { code, err } = await place.install('--small');
    assert.equal(code, 1);
    assert.match(err, /other form/);
  });

  test('taken away without its data, the next one goes on with it', async () => {
    const { code, out, err } = await place.uninstall('--yes --keep-data');
    assert.equal(code, 0, `${out}${err}`);
    assert.equal(await state('deployments,services -o name'), '');
    const again = await place.install();
    assert.equal(again.code, 0, `${again.out}${again.err}`);
    assert.equal(await state('secrets -o jsonpath="{.items[*].data}"'), keys);
    assert.equal((await curl(`${place.address}/healthz`)).body, 'OK');
  });

  test('taken away as a whole, nothing is left, in the cluster neither', async () => {
    const { code, out, err } = await place.uninstall();
    assert.equal(code, 0, `${out}${err}`);
    await kubectl(`wait --for=delete namespace/${place.namespace} --timeout=120s`, 3 * MINUTE_MS);
    const left = await kubectl('get clusterrole,clusterrolebinding,pv -o name');
    assert.doesNotMatch(left, new RegExp(place.namespace));
  });
});

suite('one pod', { skip: noCluster, timeout: 10 * MINUTE_MS }, () => {
  const place = new Place('small', 30_554);
  after(() => place[Symbol.asyncDispose]());

  test('is the whole product with SQLite on a volume', async () => {
    const { code, out, err } = await place.install('--small --without-openldap');
    assert.equal(code, 0, `${out}${err}`);
    assert.equal(await kubectl(`get deployments -n ${place.namespace} -o name`), 'deployment.apps/api\n');
    assert.equal((await curl(`${place.address}/healthz`)).body, 'OK');
    assert.match((await curl(place.address)).body, /<html/i);
  });
});

suite('an installation by the chart', { skip: noCluster || noHelm, timeout: 15 * MINUTE_MS }, () => {
  const place = new Place('chart', 30_555);
  const { namespace, nodePort, folder } = place;
  after(async () => {
    await shell(`helm uninstall deskpod -n ${namespace}`);
    await clear(namespace);
    await place[Symbol.asyncDispose]();
  });

  test('makes keys and configuration itself and runs', async () => {
    const node =
      (await kubectl('get nodes -o name'))
        .trim()
        .replace(/^node\//, '')
        .split('\n')[0] ?? '';
    const values = `image.registry=${REGISTRY},image.pullPolicy=Always,gateway.nodePort=${nodePort},storage.nodePath=${folder},storage.node=${node}`;
    const chart = join(ROOT, 'deploy/kubernetes/chart');
    const notes = await done(
      `helm install deskpod ${chart} -n ${namespace} --create-namespace --set ${values} --wait --timeout 8m`,
      {},
      10 * MINUTE_MS,
    );
    assert.match(notes, /manager API/);
    // Helm waits for pods, not for nodes to let the port through to them.
    assert.equal((await curl('--retry', '20', '--retry-connrefused', `${place.address}/healthz`)).body, 'OK');
    for (const role of ROLES) assert.match(await kubectl(`get pods -n ${namespace} -l run=${role}`), /Running/);
  });

  test('the script leaves it to Helm', async () => {
    const { code, err } = await place.install();
    assert.equal(code, 1);
    assert.match(err, /helm upgrade deskpod/);
  });

  test('the key that its notes name opens the manager API', async () => {
    const key = await kubectl(`get secret deskpod-manager-key -n ${namespace} -o jsonpath='{.data.key}' | base64 -d`);
    assert.equal((await curl('-H', `X-API-Key: ${key}`, `${place.address}/API/manager/images`)).status, 200);
  });
});

test('the documents name every file that an installation needs', async () => {
  const text = await readFile(join(ROOT, 'docs/install-kubernetes.md'), 'utf8');
  for (const file of ['install.sh', 'uninstall.sh', 'deskpod.yaml', 'deskpod-small.yaml', 'poduser.yaml', 'od.config'])
    assert.ok(text.includes(file), file);
});
