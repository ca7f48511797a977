/** The chart with users' pods in a namespace of their own, on a real cluster: a desktop, both runtimes, the way back, the end. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, suite, test } from 'node:test';
import { type Client, createClient } from '#client/client.ts';
import type { Desktop } from '#protocol/desktop.ts';
import { exportOwnApp } from '#setup/own-apps.ts';
import { eventually } from '../contracts/engine-kit.ts';
import { curl, ROOT } from '../e2e/tools.ts';
import { clear, done, kubectl, MINUTE_MS, noCluster, noHelm, Place, REGISTRY, shell } from './install-kit.ts';

const CHART = join(ROOT, 'deploy/kubernetes/chart');

suite("users' pods in a namespace of their own", { skip: noCluster || noHelm, timeout: 10 * MINUTE_MS }, () => {
  const place = new Place('namespaces', 30_558);
  const { namespace } = place;
  const users = `${namespace}-users`;
  let client: Client | null = null;
  after(async () => {
    await shell(`helm uninstall deskpod -n ${namespace}`);
    await clear(users);
    await place[Symbol.asyncDispose]();
  });

  test('a dry run of the script prints the objects of both and creates nothing', async () => {
    const { code, out, err } = await place.install(`--dry-run --pods-namespace ${users}`);
    assert.equal(code, 0, out + err);
    for (const name of [namespace, users])
      assert.match(out, new RegExp(`^namespace/${name} created \\(server dry run\\)$`, 'm'));
    assert.equal(out.match(/^networkpolicy\S+\/default-deny created/gm)?.length, 2);
    assert.equal(await kubectl(`get namespace ${namespace} ${users} --ignore-not-found`), '');
  });

  test('the chart creates the namespace with the level restricted', async () => {
    const [node = ''] = (await kubectl('get nodes -o name')).replaceAll('node/', '').split('\n');
    const values = [
      `image.registry=${REGISTRY},image.pullPolicy=Always,gateway.nodePort=${place.nodePort},homes.kind=none`,
      `storage.nodePath=${place.folder},storage.node=${node},userPods.namespace=${users}`,
      'api.replicas=1,gateway.replicas=1,speedtest.enabled=false,limitRange.enabled=true,resourceQuota.enabled=true',
    ].join(',');
    await done(
      `helm install deskpod ${CHART} -n ${namespace} --create-namespace --set ${values} --wait --timeout 5m`,
      {},
      6 * MINUTE_MS,
    );
    const level = await kubectl(
      `get namespace ${users} -o jsonpath='{.metadata.labels.pod-security\\.kubernetes\\.io/enforce}'`,
    );
    assert.equal(level, 'restricted');
    const limits = await kubectl(`get limitrange,resourcequota -A -o name --field-selector metadata.name=deskpod`);
    assert.equal(limits.trim().split('\n').length, 2);
    await kubectl(`get limitrange/deskpod resourcequota/deskpod -n ${users}`);
  });

  test('a desktop and an app in both runtimes run there, and nothing of users is beside the server', async () => {
    client = await loggedIn();
    await addTerminal();
    await client.desktop.start({ width: 1280, height: 800 });
    const { id } = await desktopOf(client);
    const started = [];
    for (const runtime of ['ephemeral_container', 'pod_application'] as const)
      started.push((await client.launches.start({ app: 'terminal', runtime, env: {}, args: [] })).id);
    for (const launch of started) await runs(client, launch);
    const pods = await kubectl(`get pods -n ${users} -l deskpod/desktop -o name`);
    assert.deepEqual(pods.trim().split('\n').toSorted(), [`pod/${id}`, `pod/${started[1]}`].toSorted());
    assert.match(
      await kubectl(`get secrets,networkpolicies -n ${users} -o name`),
      new RegExp(`networkpolicy.*/${id}\n`),
    );
    await kubectl(`get secret abcdesktopregistrysecret -n ${users}`);
    const made = 'pods,secrets,configmaps,persistentvolumeclaims,networkpolicies';
    assert.equal(await kubectl(`get ${made} -n ${namespace} -l app.kubernetes.io/managed-by=deskpod -o name`), '');
  });

  test('the api may do there what desktops need, and not in its own namespace', async () => {
    const may = async (what: string, where: string): Promise<string> =>
      (
        await shell(
          `kubectl auth can-i ${what} -n ${where} --as system:serviceaccount:${namespace}:pyos-serviceaccount`,
        )
      ).out;
    for (const what of [
      'create pods',
      'create pods/exec',
      'list secrets',
      'delete secrets',
      'create networkpolicies',
    ]) {
      assert.match(await may(what, users), /^yes/, what);
      assert.match(await may(what, namespace), /^no/, what);
    }
    assert.match(await may('create secrets', namespace), /^yes/);
  });

  test('another namespace is refused while there are desktops, and accepted without any', async () => {
    const upgrade = `helm upgrade deskpod ${CHART} -n ${namespace} --reuse-values --set userPods.namespace=`;
    const { code, err } = await shell(upgrade);
    assert.equal(code, 1);
    assert.match(err, new RegExp(`the namespace ${users} has users' pods or homes, which don't move: pod/`));
    await client?.session.logout();
    await kubectl(`wait --for=delete pods -l deskpod/desktop -n ${users} --timeout=60s`);
    await done(`${upgrade} --dry-run=server`);
  });

  test('uninstall.sh finds both namespaces and removes them', async () => {
    await done(`helm uninstall deskpod -n ${namespace} --wait`, {}, 3 * MINUTE_MS);
    await kubectl(`label namespace ${namespace} app.kubernetes.io/part-of=deskpod`);
    const { code, out, err } = await place.uninstall();
    assert.equal(code, 0, out + err);
    assert.match(out, new RegExp(`In the namespace ${users}:\n +\\d+ pods of users.*\n +0 homes of users`));
    await kubectl(`wait --for=delete namespace/${users} namespace/${namespace} --timeout=60s`, 2 * MINUTE_MS);
  });

  async function loggedIn(): Promise<Client> {
    assert.equal((await curl('--retry', '20', '--retry-connrefused', `${place.address}/readyz`)).status, 200);
    const login = { provider: 'directory', name: 'Hermes Conrad', password: 'hermes' } as const;
    const { token } = await createClient({ baseUrl: place.address }).session.login(login);
    return createClient({ baseUrl: place.address, token });
  }

  async function addTerminal(): Promise<void> {
    const key = await kubectl(`get secret deskpod-manager-key -n ${namespace} -o jsonpath='{.data.key}' | base64 -d`);
    const reply = await fetch(`${place.address}/API/manager/image`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': key },
      body: JSON.stringify(exportOwnApp(ROOT, 'terminal', { registry: REGISTRY, as: 'terminal:1' })),
    });
    assert.equal(reply.status, 200, await reply.text());
  }

  async function desktopOf(by: Client): Promise<Desktop> {
    return await eventually('the desktop runs', async () => {
      const desktop = await by.desktop.get();
      assert.notEqual(desktop.status.state, 'failed', JSON.stringify(desktop.status));
      return desktop.status.state === 'running' ? desktop : null;
    });
  }

  /** Until its window is there: the display is reached over TCP, too. */
  async function runs(by: Client, launch: string): Promise<void> {
    await eventually(`${launch} runs`, async () => {
      const { status } = await by.launches.get(launch);
      assert.notEqual(status.state, 'finished', JSON.stringify(status));
      return status.state === 'running' ? true : null;
    });
  }
});
