/** Behaviour that only a cluster has: labels for documented commands, pull pods on every node, minimal permissions. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { waitForWindowManager } from '#display/ready.ts';
import { createKubernetesEngine } from '#engines/kubernetes/engine.ts';
import type { Engine } from '#domain/ports/engine.ts';
import {
  desktopSpec,
  eventually,
  finished,
  hermes,
  output,
  patience,
  run,
  script,
  type EngineUnderTest,
} from '../contracts/engine-kit.ts';
import { clusterConfig, type Namespace, ownNamespace, reasonToSkip, REGISTRY, underTest } from './cluster.ts';
import { engineEvents } from '../fakes/engine-events.ts';

const NAMESPACE = 'deskpod-promises-test';
const skip = reasonToSkip() ?? false;

describe('behaviour on a cluster', { skip, timeout: 600_000 }, () => {
  let namespace: Namespace;
  let engine: Engine;
  let under: EngineUnderTest;
  before(async () => {
    namespace = await ownNamespace(NAMESPACE);
    engine = await open();
    under = underTest(engine);
  });
  after(async () => {
    await engine?.[Symbol.asyncDispose]();
    await namespace?.[Symbol.asyncDispose]();
  });

  const open = (): Promise<Engine> =>
    createKubernetesEngine({
      events: engineEvents,
      config: clusterConfig(NAMESPACE, { kind: 'none' }),
      shmBytes: 2 ** 26,
      windowManagerReady: waitForWindowManager,
    });
  const labelled = async (selector: string): Promise<string[]> => {
    const { api, name } = namespace;
    const list = await api.call((o) => api.core.listNamespacedPod({ namespace: name, labelSelector: selector }, o));
    return list.items.map(({ metadata }) => metadata?.name ?? '');
  };

  test('an engine that is closed right after it was opened does not wait', async () => {
    const other = await open();
    const begun = performance.now();
    await other[Symbol.asyncDispose]();
    // An open watch would end by itself after half a minute.
    assert.ok(performance.now() - begun < 25_000);
  });

  test('a finished app pod loses the documented label, and remains with its log', async () => {
    const desktop = await engine.makeDesktop(desktopSpec(under, hermes), () => {}, patience());
    const launch = await script(under, desktop, 'echo done', { runtime: 'pod_application' });
    await finished(engine, launch);
    await eventually('the label changes', async () =>
      (await labelled('type=pod_application')).includes(launch.id) ? null : true,
    );
    assert.deepEqual(await labelled('type=pod_application_finished'), [launch.id]);
    assert.ok((await engine.launches(desktop.id)).some(({ id }) => id === launch.id));
    await engine.removeDesktop(desktop.id, patience());
  });

  test('pull pods are created when images are announced, one of each documented type, and become ready', async () => {
    const image = { reference: `${REGISTRY}/shm-demo:1`, app: 'shm-demo' };
    await engine.announceImages([image]);
    for (const type of ['pod_application', 'pod_application_pull']) {
      const names = await labelled(`type=${type}`);
      assert.equal(names.filter((name) => name.startsWith('pull-shm-demo-')).length, 1, type);
    }
    await engine.ensureImage(image, () => {}, patience());
    assert.deepEqual(await engine.launches(), [], 'they do not belong to a launch');
    await engine.announceImages([image]);
    assert.equal(
      (await labelled('type=pod_application_pull')).length,
      1,
      'announcing an image again creates no more pods',
    );
  });

  test('an image that contains only its own program is pulled, too', async () => {
    // The pause image of a cluster contains no shell.
    const image = { reference: 'localhost/pause:1', app: 'pause' };
    await engine.announceImages([image]);
    const { api, name } = namespace;
    await eventually('its pods are ready', async () => {
      const { items } = await api.call((o) =>
        api.core.listNamespacedPod({ namespace: name, labelSelector: 'deskpod/app=pause' }, o),
      );
      const ready = items.filter(({ status }) =>
        status?.conditions?.some((one) => one.type === 'Ready' && one.status === 'True'),
      );
      return ready.length === 2 ? true : null;
    });
  });

  test('a desktop reports how many finished launches it has, and the maximum', async () => {
    const desktop = await engine.makeDesktop(desktopSpec(under, hermes), () => {}, patience());
    for (let count = 0; count < 2; count += 1) await finished(engine, await script(under, desktop, 'true'));
    const [now] = await engine.desktops();
    assert.deepEqual(now?.entries.finished, 2);
    assert.ok((now?.entries.most ?? 0) >= 50);
    await engine.removeDesktop(desktop.id, patience());
  });

  test('a home in a folder of the node is refused with an explanation if the namespace forbids it', async () => {
    await using other = await createKubernetesEngine({
      events: engineEvents,
      config: clusterConfig(NAMESPACE, { kind: 'hostPath', root: '/var/lib/deskpod-cluster-homes' }),
      shmBytes: 2 ** 26,
      windowManagerReady: waitForWindowManager,
    });
    await assert.rejects(
      other.makeDesktop(desktopSpec(under, hermes), () => {}, patience()),
      (error) => error instanceof Error && /hostPath/.test(error.message) && /does not admit/.test(error.message),
    );
  });

  test('a home in a folder of the node belongs to its user if the namespace permits it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'deskpod-homes-'));
    await using open = await ownNamespace(`${NAMESPACE}-open`, 'privileged');
    await using other = await createKubernetesEngine({
      events: engineEvents,
      config: clusterConfig(open.name, { kind: 'hostPath', root: folder }),
      shmBytes: 2 ** 26,
      windowManagerReady: waitForWindowManager,
    });
    const { id } = await other.makeDesktop(desktopSpec(under, hermes), () => {}, patience());
    assert.equal((await run(other, { desktopId: id }, 'echo kept > ~/kept && stat -c %u:%a ~')).output, '4100:700');
    await other.removeDesktop(id, patience());
    assert.equal(await readFile(join(folder, 'hermes/kept'), 'utf8'), 'kept\n');
    await rm(folder, { recursive: true });
  });

  test('programs in a desktop can use its printer, sound and files', async () => {
    const desktop = await engine.makeDesktop(desktopSpec(under, hermes), () => {}, patience());
    const printed = await output(
      under,
      desktop,
      'echo "A letter" | lp -t Letter && until [ -s ~/PDF/Letter.pdf ]; do sleep 0.1; done; head -c 5 ~/PDF/Letter.pdf',
    );
    assert.equal(printed.at(-1), '%PDF-');
    const beside = await output(under, desktop, 'echo "From a pod" | lp -t Pod; echo "lp says $?"', {
      runtime: 'pod_application',
    });
    assert.equal(beside.at(-1), 'lp says 0', beside.join());
    await eventually('the print of the pod is in the home of the desktop', async () =>
      (await run(engine, { desktopId: desktop.id }, 'ls ~/PDF')).output.includes('Pod.pdf') ? true : null,
    );
    const port = (number: number) => `timeout 3 bash -c '</dev/tcp/127.0.0.1/${number}' && echo open`;
    for (const number of [29_783, 4713, 6310])
      assert.equal((await run(engine, { desktopId: desktop.id }, port(number))).output, 'open', String(number));
    await engine.removeDesktop(desktop.id, patience());
  });
});
