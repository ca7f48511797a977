/** A cluster for the tests of `test/e2e`: the server runs locally and creates desktops in a namespace of its own. */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { DEMO_PEOPLE } from '#auth/demo-directory.ts';
import { loadKeys } from '#auth/keys.ts';
import { exportOwnApp } from '#setup/own-apps.ts';
import type { Places } from '../e2e/product.ts';
import { ROOT } from '../e2e/tools.ts';
import { KUBECONFIG, type Namespace, objectsIn, ownNamespace, REGISTRY } from './cluster.ts';

/** Contains the pid, because the namespace of the previous test file may still be terminating. */
const NAMESPACE = `deskpod-journeys-${process.pid}`;
/** The names under which `npm run test:kubernetes` pushes their images; null: the name in the catalogue. */
const APPS = {
  terminal: 'terminal:1',
  'text-editor': 'text-editor:1',
  '2048-gtk': '2048-gtk:1',
  '2048-qt': '2048-qt:1',
  'shm-demo': 'shm-demo:1',
  'shm-demo-with-error': null,
} as const;
const Settings = z.looseObject({ debug: z.record(z.string(), z.unknown()).default({}) });

export interface Stage extends AsyncDisposable {
  readonly options: readonly string[];
  readonly places: Places;
  /** The folder with a home folder for each demo user: the node of the test cluster is this machine. */
  readonly homes: string;
  readonly registry: string;
  /** Adds the apps to the server at this address, as its administrator. */
  addApps(address: string, token: string): Promise<void>;
  /** Deletes a desktop's pod at once, as its node would lose it. */
  killDesktop(id: string): Promise<void>;
  /** The names of all pods, Secrets and NetworkPolicies of users. */
  objects(): Promise<string[]>;
}

/** `options` may name a configuration, whose settings are kept. */
export async function clusterStage(options: readonly string[]): Promise<Stage> {
  await using undo = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'deskpod-journeys-'));
  // A pod that is being deleted may still write to its home.
  undo.defer(() => rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 500 }));
  const namespace = await ownNamespace(NAMESPACE, 'restricted', 'leave it going');
  undo.defer(() => removeVolumes(namespace));
  undo.use(namespace);
  const places = { data: join(folder, 'data'), run: join(folder, 'run') };
  const homes = join(folder, 'homes');
  for (const { id } of DEMO_PEOPLE) await mkdir(join(homes, id), { recursive: true });
  // A server on a cluster does not create keys.
  await loadKeys(join(places.data, 'keys'));
  const at = options.indexOf('--config');
  const given = at < 0 ? Settings.parse({}) : Settings.parse(JSON.parse(await readFile(options[at + 1] ?? '', 'utf8')));
  const config = {
    ...given,
    debug: { own: true, ...given.debug },
    engine: { kind: 'kubernetes' },
    kubernetes: { namespace: NAMESPACE, kubeconfig: KUBECONFIG, registry: REGISTRY, homes: claimsOn(homes) },
  };
  // JSON is YAML.
  await writeFile(join(folder, 'config.yaml'), JSON.stringify(config));
  const others = at < 0 ? options : options.toSpliced(at, 2);
  const demo = others.includes('--demo') ? [] : ['--demo'];
  const owned = undo.move();
  return {
    options: ['--config', join(folder, 'config.yaml'), ...demo, ...others],
    places,
    homes,
    registry: REGISTRY,
    addApps,
    killDesktop: async (name) => {
      const body = { gracePeriodSeconds: 0 };
      await namespace.api.call((o) => namespace.api.core.deleteNamespacedPod({ name, namespace: NAMESPACE, body }, o));
    },
    objects: () => objectsIn(namespace),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** A claim for each user with a volume of a class of its own, so that no claim gets another user's volume. */
function claimsOn(homes: string): object {
  const storageClassName = `${NAMESPACE}-{{ userid }}`;
  const accessModes = ['ReadWriteOnce'];
  const node = { key: 'kubernetes.io/hostname', operator: 'Exists' };
  return {
    kind: 'persistentVolumeClaim',
    claim: { spec: { storageClassName, accessModes, resources: { requests: { storage: '1Gi' } } } },
    volume: {
      metadata: { name: `${NAMESPACE}-{{ userid }}` },
      spec: {
        capacity: { storage: '1Gi' },
        accessModes,
        persistentVolumeReclaimPolicy: 'Retain',
        storageClassName,
        local: { path: `${homes}/{{ userid }}` },
        nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [node] }] } },
      },
    },
  };
}

async function removeVolumes({ api }: Namespace): Promise<void> {
  const { items } = await api.call((options) => api.core.listPersistentVolume({}, options));
  for (const { metadata } of items) {
    const name = metadata?.name ?? '';
    if (name.startsWith(`${NAMESPACE}-`))
      await api.call((options) => api.core.deletePersistentVolume({ name }, options));
  }
}

/**
 * All in one request, because each takes the server time, and each run of the command line more. POST starts no pods that
 * pull: `npm run test:kubernetes` has brought the images to the node.
 */
async function addApps(address: string, token: string): Promise<void> {
  const exported = Object.entries(APPS).map(([app, as]) => {
    const file = exportOwnApp(ROOT, app, { registry: REGISTRY, ...(as === null ? {} : { as }) });
    assert.ok(file !== null, app);
    return file;
  });
  const reply = await fetch(`${address}/API/manager/image`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(exported.flat()),
  });
  assert.equal(reply.status, 200, await reply.text());
}
