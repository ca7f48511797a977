/** `deploy/install.sh` and `deploy/uninstall.sh` on a real cluster: refusals and complete installations. */
import assert from 'node:assert/strict';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, suite, test } from 'node:test';
import { curl, ROOT } from '../e2e/tools.ts';
import { clear, done, kubectl, MINUTE_MS, noCluster, noHelm, Place, REGISTRY, shell } from './install-kit.ts';

/** The HTTP status of a login with a local password. */
async function logIn(address: string, name: string, password: string): Promise<number> {
  const body = JSON.stringify({ provider: 'directory', name, password });
  const headers = ['-H', 'X-Deskpod: 1', '-H', 'Content-Type: application/json'];
  return (await curl('-X', 'POST', ...headers, '-d', body, `${address}/api/v1/session`)).status;
}

const SCRIPT = join(ROOT, 'deploy/install.sh');
const ROLES = ['pyos-od', 'nginx-od', 'mongodb-od', 'speedtest-od', 'openldap-od'];

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

suite('installing with the script', { skip: noCluster, timeout: 20 * MINUTE_MS }, () => {
  const place = new Place('script', 30_553);
  const state = (what: string) => kubectl(`get ${what} -n ${place.namespace}`);
  let keys = '';
  after(() => place[Symbol.asyncDispose]());

  test('the script prints the address, and every documented role runs', async () => {
    const { code, out, err } = await place.install();
    assert.equal(code, 0, `${out}${err}`);
    assert.match(out, new RegExp(`Deskpod is at http://\\S+:${place.nodePort}`));
    for (const role of ROLES) assert.match(await state(`pods -l run=${role}`), /1\/1\s+Running/, role);
    assert.equal((await curl(`${place.address}/healthz`)).body, 'OK');
    assert.match((await curl(place.address)).body, /<html/i);
  });

  test('the key of the manager API is in a Secret and not in a config map, and the API is closed without it', async () => {
    const images = `${place.address}/API/manager/images`;
    const refused = await curl(images);
    assert.equal(refused.status, 403);
    assert.match(refused.body, /X-API-Key/);
    const config = await state(`configmap abcdesktop-config -o jsonpath='{.data.od\\.config}'`);
    assert.doesNotMatch(config, /^controllers/m);
    const secret = await state(`secret deskpod-manager-key -o jsonpath='{.data.key}'`);
    const key = Buffer.from(secret, 'base64').toString();
    assert.ok(!config.includes(key), 'od.config contains the key');
    assert.equal((await curl('-H', `X-API-Key: ${key}`, images)).status, 200);
  });

  test('the administrator logs in with the password of the printed Secret, also after a restart, and no log contains it', async () => {
    const { out } = await place.install();
    const command = /kubectl get secret deskpod-admin .*$/m.exec(out)?.[0] ?? assert.fail(out);
    const password = await done(command);
    assert.match(password, /^(?:[a-z]{6}-){3}[a-z]{6}$/);
    assert.equal(await logIn(place.address, 'admin', password), 200);
    const log = await kubectl(`logs -l run=pyos-od -n ${place.namespace} --tail=-1`);
    assert.ok(!log.includes(password), 'the log contains the password');
    assert.doesNotMatch(log, /Deskpod is at/, 'the log does not print the address of a pod, which nobody can open');
    assert.match(log, /behind the service gateway: +kubectl get service gateway -n /);
    await kubectl(`delete secret deskpod-admin -n ${place.namespace}`);
    await kubectl(`rollout restart deployment api -n ${place.namespace}`);
    await kubectl(`rollout status deployment api -n ${place.namespace} --timeout=120s`, 3 * MINUTE_MS);
    assert.equal(
      await kubectl(`get secret deskpod-admin -n ${place.namespace} --ignore-not-found`),
      '',
      'the Secret is not created again',
    );
    assert.equal(await logIn(place.address, 'admin', password), 200);
  });

  test('the documented command resets a forgotten administrator password', async () => {
    const line = `kubectl exec -i deploy/api -n ${place.namespace} -- deskpod users passwd admin`;
    const { code, err } = await shell(`printf '%s\\n' 'a new password' | ${line}`);
    assert.equal(code, 0, err);
    assert.doesNotMatch(err, /Defaulted container/);
    assert.equal(await logIn(place.address, 'admin', 'a new password'), 200);
  });

  test('no warning repeats endlessly, and the log has no lines about readiness', async () => {
    await kubectl(`delete events --all -n ${place.namespace}`);
    await kubectl(`delete pod -l run=speedtest-od -n ${place.namespace}`);
    await kubectl(`rollout status deployment speedtest -n ${place.namespace} --timeout=120s`, 3 * MINUTE_MS);
    assert.doesNotMatch(await state('events'), /FailedToRetrieveImagePullSecret/);
    const { out, err } = await shell(`kubectl logs -l run=pyos-od -n ${place.namespace} --tail=-1`);
    assert.doesNotMatch(err, /Defaulted/);
    assert.doesNotMatch(out, /\/readyz 200/);
  });

  test('the documented command replaces the empty registry credentials', async () => {
    const file = `${place.folder}.json`;
    await writeFile(file, '{"auths":{"registry.example.org":{"auth":"YTpi"}}}');
    const made = `kubectl create secret generic abcdesktopregistrysecret --type=kubernetes.io/dockerconfigjson --from-file=.dockerconfigjson=${file} -n ${place.namespace} --dry-run=client -o yaml | kubectl replace --force -f -`;
    await done(made);
    await done(made);
    await rm(file);
    const login = await done(
      `kubectl get secret abcdesktopregistrysecret -n ${place.namespace} -o jsonpath='{.data.\\.dockerconfigjson}' | base64 -d`,
    );
    assert.match(login, /registry\.example\.org/);
  });

  test('the speed test downloads, uploads and responds, with less than 30 MB of memory', async () => {
    const raw = (path: string) =>
      `kubectl get --raw '/api/v1/namespaces/${place.namespace}/services/speedtest:80/proxy/speedtest/${path}'`;
    assert.equal(await done(raw('ping')), '');
    // The API server's proxy adds its own path in front.
    assert.match(await done(raw('')), /<base href="[^"]*\/speedtest\/">/);
    assert.equal((await done(`${raw('garbage?bytes=3000001')} | wc -c`)).trim(), '3000001');
    const inside = `exec deploy/speedtest -n ${place.namespace} -- sh -c`;
    const pss = `cat /proc/[0-9]*/smaps_rollup | awk '"'"'/^Pss:/ { sum += $2 } END { print sum }'"'"'`;
    const most = `for i in 1 2 3 4 5 6 7 8; do ${pss}; sleep 0.3; done 2>/dev/null | sort -n | tail -n 1`;
    const [kilobytes] = await Promise.all([
      kubectl(`${inside} '${most}'`),
      ...Array.from({ length: 4 }, () => done(`${raw('garbage?bytes=30000000')} >/dev/null`)),
    ]);
    assert.ok(Number(kilobytes) > 500 && Number(kilobytes) < 30_000, `${kilobytes} kB`);
  });

  test('a second run changes nothing and keeps keys and passwords', async () => {
    keys = await state('secrets -o jsonpath="{.items[*].data}"');
    const before = await state(`deployments -o jsonpath='{.items[*].metadata.generation}'`);
    const { code, out, err } = await place.install();
    assert.equal(code, 0, `${out}${err}`);
    assert.equal(await state('secrets -o jsonpath="{.items[*].data}"'), keys);
    assert.equal(await state(`deployments -o jsonpath='{.items[*].metadata.generation}'`), before);
  });

  test('another form of installation in the same namespace is refused', async () => {
    const { code, err } = await place.install('--small');
    assert.equal(code, 1);
    assert.match(err, /other form/);
  });

  test('after an uninstallation that keeps the data, a new installation uses them', async () => {
    const { code, out, err } = await place.uninstall('--yes --keep-data');
    assert.equal(code, 0, `${out}${err}`);
    assert.equal(await state('deployments,services -o name'), '');
    const again = await place.install();
    assert.equal(again.code, 0, `${again.out}${again.err}`);
    assert.equal(await state('secrets -o jsonpath="{.items[*].data}"'), keys);
    assert.equal((await curl(`${place.address}/healthz`)).body, 'OK');
  });

  test('a complete uninstallation leaves nothing, neither in the namespace nor in the cluster', async () => {
    const { code, out, err } = await place.uninstall();
    assert.equal(code, 0, `${out}${err}`);
    await kubectl(`wait --for=delete namespace/${place.namespace} --timeout=120s`, 3 * MINUTE_MS);
    const left = await kubectl('get clusterrole,clusterrolebinding,pv -o name');
    assert.doesNotMatch(left, new RegExp(place.namespace));
  });
});

suite('a single pod', { skip: noCluster, timeout: 10 * MINUTE_MS }, () => {
  const place = new Place('small', 30_554);
  after(() => place[Symbol.asyncDispose]());

  test('one pod is the complete product, with SQLite on a volume', async () => {
    const { code, out, err } = await place.install('--small --without-openldap --path /desk');
    assert.equal(code, 0, `${out}${err}`);
    const printed = /Deskpod is at (\S+)/.exec(out)?.[1] ?? assert.fail(out);
    assert.match(printed, new RegExp(`:${place.nodePort}/desk/$`));
    assert.match((await curl(printed)).body, /<base href="\/desk\/">/);
    assert.equal(await kubectl(`get deployments -n ${place.namespace} -o name`), 'deployment.apps/api\n');
    assert.equal((await curl(`${place.address}/healthz`)).body, 'OK');
    assert.match((await curl(place.address)).body, /<html/i);
  });
});

suite('installing with the chart', { skip: noCluster || noHelm, timeout: 15 * MINUTE_MS }, () => {
  const place = new Place('chart', 30_555);
  const { namespace, nodePort, folder } = place;
  after(async () => {
    await shell(`helm uninstall deskpod -n ${namespace}`);
    await clear(namespace);
    await place[Symbol.asyncDispose]();
  });

  test('the chart creates keys and configuration, and everything runs', async () => {
    const node =
      (await kubectl('get nodes -o name'))
        .trim()
        .replace(/^node\//, '')
        .split('\n')[0] ?? '';
    const values = `image.registry=${REGISTRY},image.pullPolicy=Always,gateway.nodePort=${nodePort},homes.kind=none,storage.nodePath=${folder},storage.node=${node},path=/desk`;
    const chart = join(ROOT, 'deploy/kubernetes/chart');
    const notes = await done(
      `helm install deskpod ${chart} -n ${namespace} --create-namespace --set ${values} --wait --timeout 8m`,
      {},
      10 * MINUTE_MS,
    );
    assert.match(notes, /manager API/);
    const address = /echo "http:.*"$/m.exec(notes)?.[0] ?? assert.fail(notes);
    assert.match(await done(address), new RegExp(`^http://[0-9.]+:${nodePort}/desk/\n$`));
    const page = await curl('--retry', '20', '--retry-connrefused', (await done(address)).trim());
    assert.match(page.body, /<base href="\/desk\/">|Deskpod is starting/);
    // Helm waits for pods, but not until the nodes forward the port.
    assert.equal((await curl('--retry', '20', '--retry-connrefused', `${place.address}/healthz`)).body, 'OK');
    for (const role of ROLES) assert.match(await kubectl(`get pods -n ${namespace} -l run=${role}`), /Running/);
  });

  test('the script refuses an installation that Helm manages', async () => {
    const { code, err } = await place.install();
    assert.equal(code, 1);
    assert.match(err, /helm upgrade deskpod/);
  });

  test("the key named in the chart's notes opens the manager API", async () => {
    const key = await kubectl(`get secret deskpod-manager-key -n ${namespace} -o jsonpath='{.data.key}' | base64 -d`);
    assert.equal((await curl('-H', `X-API-Key: ${key}`, `${place.address}/API/manager/images`)).status, 200);
  });

  test('an upgrade to the profile for production serves TLS under known names, without guests', async () => {
    const certificate = `openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=desk.example.org -keyout ${folder}/tls.key -out ${folder}/tls.crt`;
    await done(
      `${certificate} && kubectl create secret tls desk-tls -n ${namespace} --cert=${folder}/tls.crt --key=${folder}/tls.key`,
    );
    const values = `profile=production,allowedHosts={desk.example.org},tls.secret=desk-tls,gateway.serviceType=NodePort`;
    const chart = join(ROOT, 'deploy/kubernetes/chart');
    await done(
      `helm upgrade deskpod ${chart} -n ${namespace} --reuse-values --set ${values} --wait --timeout 4m`,
      {},
      5 * MINUTE_MS,
    );
    const address = `https://localhost:${nodePort}`;
    assert.equal((await curl('-k', '--retry', '20', '--retry-all-errors', `${address}/healthz`)).body, 'OK');
    assert.equal((await curl('-k', '-H', 'Host: evil.example', `${address}/`)).status, 421);
    const headers = ['-H', 'X-Deskpod: 1', '-H', 'Content-Type: application/json'];
    const guest = JSON.stringify({ provider: 'anonymous' });
    const refused = await curl('-k', '-X', 'POST', ...headers, '-d', guest, `${address}/api/v1/session`);
    assert.ok(refused.status >= 400, refused.body);
    assert.match(
      await kubectl(`get limitrange,resourcequota -n ${namespace} -o name`),
      /limitrange\/deskpod\n.*resourcequota\/deskpod/s,
    );
    // The pods before the upgrade may still be ending.
    const log = await done(
      `kubectl get pods -l run=pyos-od -n ${namespace} -o json |
        jq -r '.items[] | select(.metadata.deletionTimestamp == null) | .metadata.name' |
        xargs -n 1 kubectl logs -n ${namespace}`,
    );
    assert.match(log, /listening on/);
    assert.doesNotMatch(log, /everyone on the network|unencrypted|any host name/);
  });
});

suite('uninstalling the chart', { skip: noCluster || noHelm, timeout: 10 * MINUTE_MS }, () => {
  const namespace = 'deskpod-test-leaves';
  after(() => clear(namespace));

  test('the chart keeps what its notes and the documents list: keys, configuration, volume', async () => {
    const chart = join(ROOT, 'deploy/kubernetes/chart');
    const values = `api.replicas=1,gateway.replicas=1,gateway.nodePort=30557,rbac.clusterRole=false`;
    await done(`helm install deskpod ${chart} -n ${namespace} --create-namespace --set ${values}`, {}, 2 * MINUTE_MS);
    assert.match(
      await done(`helm get notes deskpod -n ${namespace}`),
      /helm uninstall .* keeps keys, configuration and volumes/,
    );
    await done(`helm uninstall deskpod -n ${namespace} --wait`, {}, 3 * MINUTE_MS);
    const left = await kubectl(`get secrets,configmaps,pvc,deployments,services -n ${namespace} -o name`);
    for (const name of [
      'secret/abcdesktopjwtusersigning',
      'configmap/abcdesktop-config',
      'persistentvolumeclaim/postgres',
    ])
      assert.match(left, new RegExp(`^${name}$`, 'm'));
    assert.doesNotMatch(left, /deployment|service\//);
    await done(`helm install deskpod ${chart} -n ${namespace} --set ${values}`, {}, 2 * MINUTE_MS);
    await done(`helm uninstall deskpod -n ${namespace}`);
  });
});

test('the documents name every file that an installation needs', async () => {
  const text = await readFile(join(ROOT, 'docs/install-kubernetes.md'), 'utf8');
  for (const file of ['install.sh', 'uninstall.sh', 'deskpod.yaml', 'deskpod-small.yaml', 'poduser.yaml', 'od.config'])
    assert.ok(text.includes(file), file);
});
