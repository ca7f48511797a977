/** The small installation and the chart of Helm on a real cluster, up to their removal. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, suite, test } from 'node:test';
import { z } from 'zod';
import { curl, ROOT } from '../e2e/tools.ts';
import {
  clear,
  done,
  kubectl,
  MINUTE_MS,
  noCluster,
  noHelm,
  Place,
  podsOf,
  REGISTRY,
  ROLES,
  shell,
} from './install-kit.ts';

const Token = z.looseObject({ token: z.string() });

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

suite('installing with the chart', { skip: noCluster || noHelm, timeout: 10 * MINUTE_MS }, () => {
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
    const oldPodsAreGone = await podsOf('run=pyos-od', namespace);
    await done(
      `helm upgrade deskpod ${chart} -n ${namespace} --reuse-values --set ${values} --wait --timeout 4m`,
      {},
      5 * MINUTE_MS,
    );
    await oldPodsAreGone();
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
    const log = await done(
      `kubectl get pods -l run=pyos-od -n ${namespace} -o name | xargs -n 1 kubectl logs -n ${namespace}`,
    );
    assert.match(log, /listening on/);
    assert.doesNotMatch(log, /everyone on the network|unencrypted|any host name/);
  });

  test('a file manager writes and reads files over TLS, through a gateway that is a pod of its own', async () => {
    const address = `https://localhost:${nodePort}`;
    const password = await kubectl(
      `get secret deskpod-admin -n ${namespace} -o jsonpath='{.data.password}' | base64 -d`,
    );
    const posted = async (path: string, body: object, ...more: readonly string[]): Promise<unknown> => {
      const headers = ['-H', 'X-Deskpod: 1', '-H', 'Content-Type: application/json'];
      const answer = await curl('-k', ...headers, ...more, '-d', JSON.stringify(body), `${address}/api/v1/${path}`);
      assert.equal(answer.status, 200, answer.body);
      return JSON.parse(answer.body);
    };
    const session = Token.parse(await posted('session', { provider: 'directory', name: 'admin', password }));
    const bearer = ['-H', `Authorization: Bearer ${session.token}`];
    const { token } = Token.parse(await posted('access-tokens', { name: 'Laptop' }, ...bearer));
    // The first request starts the desktop.
    const files = (...more: readonly string[]) => curl('-k', '--max-time', '150', '-u', `admin:${token}`, ...more);
    const listed = await files('-X', 'PROPFIND', '-H', 'Depth: 0', `${address}/dav/`);
    assert.equal(listed.status, 207, listed.body);
    const letter = `${address}/dav/letter.txt`;
    assert.equal((await files('-X', 'PUT', '--data-binary', 'hello from outside', letter)).status, 201);
    assert.equal((await files('-r', '0-4', letter)).body, 'hello');
  });
});

suite('uninstalling the chart', { skip: noCluster || noHelm, timeout: 10 * MINUTE_MS }, () => {
  const namespace = 'deskpod-test-leaves';
  after(() => clear(namespace));

  test('the chart keeps what its notes and the documents list: keys, configuration, volume', async () => {
    const chart = join(ROOT, 'deploy/kubernetes/chart');
    const values = `api.replicas=1,gateway.replicas=1,gateway.nodePort=30559,rbac.clusterRole=false`;
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
