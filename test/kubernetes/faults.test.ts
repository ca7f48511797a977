/**
 * Parts of a cluster and of the installation are killed during a launch: nothing is orphaned, and the user is informed.
 */
import assert from 'node:assert/strict';
import { readFile, rm } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { type Client, createClient } from '#client/client.ts';
import { ApiError } from '#client/errors.ts';
import type { Launch } from '#protocol/launch.ts';
import { eventually } from '../contracts/engine-kit.ts';
import { REGISTRY } from './cluster.ts';
import { clear, done, kubectl, MINUTE_MS, noCluster, Place, shell } from './install-kit.ts';

/** The scripts of a local cluster whose parts are processes that can be killed. */
const CLUSTER = process.env['DESKPOD_TEST_CLUSTER'];
const HOME = process.env['CLUSTER_HOME'] ?? '/opt/deskpod-cluster';
const ownCluster = CLUSTER === undefined ? 'DESKPOD_TEST_CLUSTER names no cluster whose parts may be killed' : false;
const TOLD_MS = 3 * MINUTE_MS;

describe('parts that are killed during a launch', { skip: noCluster, timeout: 10 * MINUTE_MS }, () => {
  const place = new Place('faults', 30_477);
  let hermes: Client;
  let token: string;

  before(async () => {
    await clear(place.namespace);
    const { code, out, err } = await place.install();
    assert.equal(code, 0, out + err);
    await putTerminal();
    hermes = await loggedIn();
    await hermes.desktop.start({ width: 1000, height: 700 });
    await running();
  });
  after(() => place[Symbol.asyncDispose]());

  test('the server pods: their launches end with a message or keep running, and nothing is left over', async () => {
    const launches = await launchBoth();
    await kubectl(`delete pod -n ${place.namespace} -l run=pyos-od --grace-period=0 --force`);
    await settled(launches);
    await nothingOrphaned();
    assert.equal((await hermes.desktop.get()).status.state, 'running', 'the desktop kept running');
  });

  test('one of two servers: the other one takes over its clients', async () => {
    const [pod = ''] = (await kubectl(`get pods -n ${place.namespace} -l run=pyos-od -o name`)).trim().split('\n');
    const launches = await launchBoth();
    await kubectl(`delete -n ${place.namespace} ${pod} --grace-period=0 --force`);
    await settled(launches);
    await nothingOrphaned();
  });

  test(
    'the API server: launches wait or end with an error message, and the next one runs',
    { skip: ownCluster },
    async () => {
      const launches = await launchBoth();
      await killPart('apiserver');
      await clusterUp();
      await settled(launches);
      const [again] = await launchBoth();
      await reached(again?.id ?? '', ['running']);
      await nothingOrphaned();
    },
  );

  test(
    'launches requested while the API server is down: all servers agree how each one ended, and a stopped launch stays so',
    { skip: ownCluster },
    async () => {
      const launches: Launch[] = [];
      await killPart('apiserver');
      try {
        for (let round = 0; round < 3; round += 1) launches.push(...(await launchBoth()));
        const [first] = launches;
        // The request succeeds or fails with an error, but it never hangs.
        await hermes.launches.stop(first?.id ?? '').catch((error: unknown) => {
          assert.ok(error instanceof ApiError && error.code === 'engine_unavailable', String(error));
        });
      } finally {
        await clusterUp();
      }
      await settled(launches);
      await eventually('all servers agree, and what runs is there', async () => {
        // A pod whose server is starting doesn't answer yet.
        const all = await Promise.all((await servers()).map(statesAt)).catch(() => []);
        if (all.length !== 2) return null;
        const there = await runningLaunches();
        const isTrue = ({ id }: Launch) =>
          all.every((states) => states.get(id) === 'finished' || (states.get(id) === 'running' && there.has(id)));
        const isAgreed = ({ id }: Launch) => new Set(all.map((states) => states.get(id))).size === 1;
        return launches.every((launch) => isTrue(launch) && isAgreed(launch)) ? true : null;
      });
      for (const { id } of launches) await hermes.launches.stop(id);
      for (const { id } of launches) await reached(id, ['finished']);
      await nothingOrphaned();
    },
  );

  test("the node's kubelet: waiting launches say so and continue when it is back", { skip: ownCluster }, async () => {
    await killPart('kubelet');
    const launches: Launch[] = [];
    try {
      launches.push(...(await launchBoth()));
      await eventually('it is told that the node does not begin', async () => {
        const now = await find(launches[0]?.id ?? '');
        const waits = now?.status.state === 'starting' && /node/i.test(now.status.detail ?? '');
        return waits || now?.status.state === 'finished' ? true : null;
      });
    } finally {
      await clusterUp();
    }
    await settled(launches);
    await nothingOrphaned();
  });

  /** Starts one launch of each runtime. */
  async function launchBoth(): Promise<Launch[]> {
    const runtimes = ['ephemeral_container', 'pod_application'] as const;
    return await Promise.all(runtimes.map((runtime) => hermes.launches.start({ app: 'terminal', runtime })));
  }

  async function settled(launches: readonly Launch[]): Promise<void> {
    for (const { id } of launches) {
      const launch = await reached(id, ['running', 'finished']);
      if (launch.status.state === 'finished') {
        assert.ok(launch.status.message || launch.status.reason !== 'start_failed', `${id} has a message`);
      }
    }
  }

  async function reached(id: string, states: readonly string[]): Promise<Launch> {
    const until = Date.now() + TOLD_MS;
    for (;;) {
      const launch = await find(id);
      if (launch && states.includes(launch.status.state)) return launch;
      assert.ok(Date.now() < until, `${id} is ${JSON.stringify(launch?.status)}`);
      await delay(500);
    }
  }

  /** Returns null if the servers are down. */
  async function find(id: string): Promise<Launch | null> {
    return (await hermes.launches.list().catch(() => [])).find((launch) => launch.id === id) ?? null;
  }

  async function running(): Promise<void> {
    await eventually('the desktop runs', async () => {
      const { status } = await hermes.desktop.get();
      assert.notEqual(status.state, 'failed', JSON.stringify(status));
      return status.state === 'running' ? true : null;
    });
  }

  /** The addresses of the server pods. */
  async function servers(): Promise<string[]> {
    const ips = await kubectl(
      `get pods -n ${place.namespace} -l run=pyos-od --field-selector=status.phase=Running -o jsonpath='{.items[*].status.podIP}'`,
    );
    return ips
      .trim()
      .split(' ')
      .map((ip) => `http://${ip}:8000`);
  }

  async function statesAt(baseUrl: string): Promise<Map<string, string>> {
    const launches = await createClient({ baseUrl, token }).launches.list();
    return new Map(launches.map(({ id, status }) => [id, status.state]));
  }

  /** The names of launches with a running container. */
  async function runningLaunches(): Promise<ReadonlySet<string>> {
    const names = await done(`kubectl get pods -n ${place.namespace} -l deskpod/desktop -o json | jq -r '
      .items[] | (.status.ephemeralContainerStatuses // []) + .status.containerStatuses | .[] | select(.state.running) | .name'`);
    return new Set(names.trim().split('\n'));
  }

  /** In the end, every app pod and every running ephemeral container belongs to a launch that the user sees. */
  async function nothingOrphaned(): Promise<void> {
    let left: readonly string[] | null = null;
    // A server that was killed leaves what it was starting to the others, which compare every few seconds.
    await eventually(
      () => `nothing is left over, but: ${left?.join(', ') ?? 'no server answers'}`,
      async () => {
        left = await orphans();
        return left?.length === 0 ? true : null;
      },
    );
  }

  /** Null while no server answers. */
  async function orphans(): Promise<readonly string[] | null> {
    const launches = await hermes.launches.list().catch(() => null);
    if (launches === null) return null;
    const alive = new Set(launches.filter(({ status }) => status.state !== 'finished').map(({ id }) => id));
    const known = new Set(launches.map(({ id }) => id));
    const pods = await done(`kubectl get pods -n ${place.namespace} -l deskpod/desktop -o json | jq -r '
      .items[] | select(.metadata.deletionTimestamp == null) |
      if .metadata.labels.type == "x11server" then .status.ephemeralContainerStatuses[]? | select(.state.running) | "running " + .name
      else "pod " + .metadata.name end'`);
    const lines = pods.trim().split('\n').filter(Boolean);
    return lines.filter((line) => {
      const [kind, name = ''] = line.split(' ');
      return !(kind === 'running' ? alive : known).has(name);
    });
  }

  async function putTerminal(): Promise<void> {
    const key = await done(
      `kubectl get secret deskpod-manager-key -n ${place.namespace} -o jsonpath='{.data.key}' | base64 -d`,
    );
    const entry = {
      Id: 'sha256:terminal',
      RepoTags: [`${REGISTRY}/terminal:1`],
      Architecture: 'amd64',
      Os: 'linux',
      Config: {
        Cmd: ['/usr/bin/xterm'],
        Labels: {
          'oc.name': 'terminal',
          'oc.launch': 'xterm.XTerm',
          'oc.icon': 'terminal.svg',
          'oc.path': '/usr/bin/xterm',
        },
      },
    };
    const reply = await fetch(`${place.address}/API/manager/image`, {
      method: 'PUT',
      headers: { 'content-type': 'text/javascript', 'x-api-key': key ?? '' },
      body: JSON.stringify([entry]),
    });
    assert.equal(reply.status, 200, await reply.text());
  }

  async function loggedIn(): Promise<Client> {
    const guest = createClient({ baseUrl: place.address });
    const session = await guest.session.login({ provider: 'directory', name: 'Hermes Conrad', password: 'hermes' });
    token = session.token;
    return createClient({ baseUrl: place.address, token });
  }
});

/** Removes the pid file, too: another process can get the same pid before the next check. */
async function killPart(name: string): Promise<void> {
  const file = `${HOME}/run/${name}.pid`;
  process.kill(Number(await readFile(file, 'utf8')), 'SIGKILL');
  await rm(file);
}

/** Starts what was killed. Each try leaves alone what runs, so a try that fails halfway is repeated. */
async function clusterUp(): Promise<void> {
  let last = '';
  for (let tries = 0; tries < 5; tries += 1) {
    const { code, err } = await shell(`${CLUSTER}/up`, {}, 5 * MINUTE_MS);
    if (code === 0) return;
    last = err;
  }
  assert.fail(last);
}
