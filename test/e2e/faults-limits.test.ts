/** Apps that exceed their limits: the kernel enforces them, and users see what happened. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { isStatus } from '#containers-client/api.ts';
import type { Runtime } from '#protocol/app.ts';
import type { LaunchDetail } from '#protocol/launch.ts';
import { eventually, PATIENCE_MS, Someone } from './faults-kit.ts';
import { engineApi, everything, isBackTo, noMonitorsLeft, processes } from './machine.ts';
import { onlyOn } from './engine.ts';
import { Product } from './product.ts';

const LIMITS = { memoryBytes: 64 * 1024 ** 2, cpus: 0.25, processes: 24 };
const RUNTIMES: readonly Runtime[] = ['ephemeral_container', 'pod_application'];
const IMAGE = 'localhost/deskpod-test/greedy';

suite('limits', { timeout: 10 * 60_000 }, () => {
  let product: Product;
  let empty: string[];
  let hermes: Someone;
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'deskpod-limits-'));
    const config = join(folder, 'config.yaml');
    const tiny = { description: 'Hardly anything', limits: { memory: '64Mi', cpus: 0.25, processes: 24 } };
    const limits = { desktop: { memory: '1Gi', processes: 700 }, home: '2Gi' };
    await writeFile(config, JSON.stringify({ executeClasses: { tiny }, limits }));
    product = await Product.start(['--config', config]);
    empty = await everything();
    await engineApi.text('POST', `/images/${encodeURIComponent('localhost/deskpod/terminal:1')}/tag`, {
      query: { repo: IMAGE, tag: '1' },
    });
    await catalogue('PUT', '', greedy());
    hermes = await Someone.at(product, 'hermes');
    await hermes.hasDesktop();
  });
  after(async () => {
    await hermes?.[Symbol.asyncDispose]();
    await product.clear();
    await isBackTo(empty);
    await catalogue('DELETE', `/${encodeURIComponent(`${IMAGE}:1`)}`);
    await engineApi.text('DELETE', `/images/${encodeURIComponent(`${IMAGE}:1`)}`).catch((error: unknown) => {
      if (!isStatus(error, 404)) throw error;
    });
    await product[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
    await noMonitorsLeft();
  });

  test(
    'the limits of a desktop with all its apps, and of its home, are shown with their use',
    { skip: onlyOn('containers', 'quotas and volumes limit desktops in a cluster') },
    async () => {
      const shown = (await hermes.client.limits()).filter(({ setting }) => /^limits\.(desktop|home)/.test(setting));
      assert.deepEqual(
        shown.map(({ name, limit, enforced }) => [name, limit, enforced]),
        [
          ['memory', 1024 ** 3, true],
          ['cpus', availableParallelism(), true],
          ['processes', 700, true],
          ['home', 2 * 1024 ** 3, false],
        ],
      );
      const used = new Map(shown.map((one) => [one.name, one.used ?? 0]));
      assert.ok(
        (used.get('memory') ?? 0) > 1024 ** 2 && (used.get('processes') ?? 0) >= 3,
        'the desktop itself counts',
      );
    },
  );

  for (const runtime of RUNTIMES) {
    test(`an app that exceeds its memory limit is reported with the limit (${runtime})`, async () => {
      const { status, hints, limits } = await ends(runtime, 'echo hungry; exec tail /dev/zero');
      assert.deepEqual(limits, LIMITS);
      assert.deepEqual([status.reason, status.exitCode], ['out_of_memory', 137]);
      assert.equal(hints[0]?.id, 'out-of-memory');
      assert.match(hints[0]?.explanation ?? '', /64 MiB/);
    });

    test(`a process killed for memory is reported although the launch exits with code 0 (${runtime})`, async () => {
      const { status, hints } = await ends(runtime, 'tail /dev/zero; echo survived; exit 0');
      assert.deepEqual([status.reason, status.exitCode], ['completed', 0]);
      assert.equal(hints[0]?.id, 'process-out-of-memory');
      assert.match(hints[0]?.explanation ?? '', /64 MiB/);
    });

    test(`a process killed for memory is reported while the launch keeps running (${runtime})`, async () => {
      const { id } = await hermes.client.launches.start(order(runtime, 'tail /dev/zero; sleep 600'));
      await hermes.sees('that it lost a process', ({ launches }) => launches.get(id)?.memoryKill);
      const { status, hints } = await hermes.client.launches.get(id);
      assert.notEqual(status.state, 'finished');
      assert.equal(hints[0]?.id, 'process-out-of-memory');
      await hermes.client.launches.stop(id);
      assert.equal((await hermes.isToldTheEndOf(id)).reason, 'stopped_by_you');
    });

    test(`an app cannot start more processes than its limit, and the hint explains it (${runtime})`, async () => {
      const forks = 'for (1..40) { my $p = fork; die "fork: $!\\n" unless defined $p; next if $p; sleep 600; exit }';
      const { status, hints } = await ends(runtime, `exec perl -e '${forks}'`);
      assert.equal(status.reason, 'error');
      assert.equal(hints[0]?.id, 'process-limit');
      assert.match(hints[0]?.explanation ?? '', /\b24\b/);
      await eventually('none of its processes is left', async () => {
        return (await processes()).some(({ name }) => name === 'perl') ? null : true;
      });
    });

    test(`an app gets no more CPU time than its limit (${runtime})`, async () => {
      const { id } = await hermes.client.launches.start(order(runtime, 'while :; do :; done'));
      const shares: number[] = [];
      const signal = AbortSignal.timeout(PATIENCE_MS);
      for await (const { usage } of hermes.client.usage({ signal })) {
        const mine = usage.find(({ launchId }) => launchId === id);
        if (mine && mine.cpu > 0) shares.push(mine.cpu);
        if (shares.length === 2) break;
      }
      assert.equal(shares.length, 2);
      for (const share of shares) assert.ok(share < LIMITS.cpus * 1.3, `it got ${share} of a CPU`);
      await hermes.client.launches.stop(id);
      assert.equal((await hermes.isToldTheEndOf(id)).reason, 'stopped_by_you');
    });
  }

  function order(runtime: Runtime, script: string) {
    return { app: `${IMAGE}:1`, runtime, args: [script] };
  }

  async function ends(runtime: Runtime, script: string) {
    const { id } = await hermes.client.launches.start(order(runtime, script));
    const status = await hermes.isToldTheEndOf(id);
    const detail: LaunchDetail = await hermes.client.launches.get(id);
    return { ...detail, status };
  }

  async function catalogue(method: string, path: string, body?: object): Promise<void> {
    const response = await fetch(`${product.address}/API/manager/image${path}`, {
      method,
      headers: { 'content-type': 'text/javascript' },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    assert.ok(response.ok, `${response.status} ${await response.text()}`);
  }
});

/** A program that runs the command it is given. */
function greedy(): object {
  return {
    Id: `sha256:${'0'.repeat(64)}`,
    RepoTags: [`${IMAGE}:1`],
    Architecture: 'amd64',
    Os: 'linux',
    Config: {
      Entrypoint: ['/bin/bash', '-c'],
      Labels: {
        'oc.type': 'app',
        'oc.name': 'greedy',
        'oc.displayname': 'Greedy',
        'oc.icon': 'greedy.svg',
        'oc.launch': 'greedy.Greedy',
        'oc.path': '/bin/bash',
        'oc.executeclassname': 'tiny',
      },
    },
  };
}
