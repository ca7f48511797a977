/** The engine contract on a real cluster: each part in a namespace of its own, which enforces Pod Security *restricted*. */
import { chmod, chown, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { HomesConfig } from '#config/config.ts';
import { waitForWindowManager } from '#display/ready.ts';
import { writeSeccompProfiles } from '#engines/containers/host/seccomp-files.ts';
import { createKubernetesEngine } from '#engines/kubernetes/engine.ts';
import { engineContract, type EngineUnderTest, type Part } from '../contracts/engine.ts';
import { hermes, SHARED, SHARED_GID } from '../contracts/engine-kit.ts';
import { clusterConfig, type Namespace, objectsIn, OTHERS, ownNamespace, reasonToSkip, REGISTRY } from './cluster.ts';
import { hasStatus } from '#engines/kubernetes/cluster/api-fault.ts';
import { engineEvents } from '../fakes/engine-events.ts';

/** The node of the test cluster is this machine. */
const HOMES = '/var/lib/deskpod-cluster-homes';
const SHARED_FOLDERS = [
  { name: SHARED.writable, claim: 'team', readOnly: false, gid: SHARED_GID },
  { name: SHARED.readOnly, claim: 'rules', readOnly: true, gid: null },
];
const USERS = ['hermes', 'fry'];

/** What the cluster has for one part: its namespace, and its volumes, whose names the whole cluster shares. */
interface Place {
  readonly namespace: Namespace;
  readonly storageClass: string;
  /** The folder of the homes. */
  readonly homes: string;
}

export function contractOnCluster(part: Part): void {
  engineContract('Kubernetes', reasonToSkip(), () => open(part), part);
}

async function open(part: Part): Promise<EngineUnderTest> {
  const name = `deskpod-engine-test-${part}`;
  const place = { namespace: await ownNamespace(name), storageClass: name, homes: join(HOMES, name) };
  const { namespace } = place;
  await freshHomes(place);
  await makeSharedFolders(place);
  const seccomp = join(await kubeletFolder(), 'seccomp', name);
  await writeSeccompProfiles(seccomp);
  const base = clusterConfig(name, homesConfig(place));
  const another = () =>
    createKubernetesEngine({
      events: engineEvents,
      config: { ...base, shared: SHARED_FOLDERS, pods: { ...base.pods, seccompProfiles: name } },
      shmBytes: 256 * 1024 ** 2,
      windowManagerReady: waitForWindowManager,
    });
  const engine = await another();
  return {
    engine,
    images: {
      desktop: `${REGISTRY}/desktop:1`,
      terminal: `${REGISTRY}/terminal:1`,
      shmDemo: `${REGISTRY}/shm-demo:1`,
      published: `${REGISTRY}/published:1`,
      bare: `${REGISTRY}/bare:1`,
      elsewhere: `${OTHERS}/elsewhere:1`,
      toolbox: `${REGISTRY}/toolbox:1`,
    },
    abilities: {
      limitsEverywhere: false,
      streams: false,
      walls: process.env['DESKPOD_TEST_POLICIES'] === 'enforced',
      imageDetails: false,
      sharedHostname: true,
      lines: false,
      sharedLimits: false,
      plainUser: hermes.uid,
    },
    shared: SHARED,
    objects: () => objectsIn(namespace),
    foreign: (pod) => foreign(namespace, pod),
    picture: (file, content) => picture(namespace, file, content),
    another,
    [Symbol.asyncDispose]: async () => {
      await engine[Symbol.asyncDispose]();
      await namespace[Symbol.asyncDispose]();
      await removeVolumes(place);
      await rm(place.homes, { recursive: true });
      await rm(seccomp, { recursive: true });
    },
  };
}

/** Of the kubelet on this machine, by its command line. */
async function kubeletFolder(): Promise<string> {
  for (const pid of await readdir('/proc')) {
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    const [program = '', ...args] = command.split('\0');
    const given = args.find((arg) => arg.startsWith('--root-dir='));
    if (basename(program) === 'kubelet' && given !== undefined) return given.slice('--root-dir='.length);
  }
  return '/var/lib/kubelet';
}

/** For clusters without dynamic provisioning: one local volume for each user. */
function homesConfig({ storageClass, homes }: Place): HomesConfig {
  const spec = {
    capacity: { storage: '1Gi' },
    accessModes: ['ReadWriteOnce'],
    persistentVolumeReclaimPolicy: 'Retain',
    storageClassName: storageClass,
    local: { path: `${homes}/{{ userid }}` },
    nodeAffinity: {
      required: {
        nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'Exists' }] }],
      },
    },
  };
  const volume = { metadata: { name: `${storageClass}-{{ userid }}` }, spec };
  return { kind: 'persistentVolumeClaim', claim: null, volume, storageClass, size: '1Gi' };
}

async function freshHomes(place: Place): Promise<void> {
  await removeVolumes(place);
  await rm(place.homes, { recursive: true, force: true });
  for (const user of USERS) await mkdir(join(place.homes, user), { recursive: true });
}

async function removeVolumes({ namespace: { api }, storageClass }: Place): Promise<void> {
  for (const one of [...USERS, ...SHARED_FOLDERS.map(({ claim }) => claim)]) {
    try {
      await api.call((options) => api.core.deletePersistentVolume({ name: `${storageClass}-${one}` }, options));
    } catch (error) {
      if (!hasStatus(error, 404)) throw error;
    }
  }
}

/** The folders of the node are their volumes, so that Kubernetes changes no groups in them. */
async function makeSharedFolders({ namespace: { api, name: namespace }, storageClass, homes }: Place): Promise<void> {
  for (const { claim, gid } of SHARED_FOLDERS) {
    const path = join(homes, claim);
    await mkdir(path, { recursive: true });
    await chown(path, 0, gid ?? 0);
    await chmod(path, 0o2775);
    const name = `${storageClass}-${claim}`;
    const common = { accessModes: ['ReadWriteMany'], storageClassName: '' };
    const claimRef = { namespace, name: claim };
    const volume = {
      metadata: { name },
      spec: {
        ...common,
        capacity: { storage: '1Gi' },
        persistentVolumeReclaimPolicy: 'Retain',
        hostPath: { path },
        claimRef,
      },
    };
    await api.call((options) => api.core.createPersistentVolume({ body: volume }, options));
    const resources = { requests: { storage: '1Gi' } };
    const body = { metadata: { name: claim }, spec: { ...common, volumeName: name, resources } };
    await api.call((options) => api.core.createNamespacedPersistentVolumeClaim({ namespace, body }, options));
  }
}

async function picture({ api, name: namespace }: Namespace, file: string, content: Buffer): Promise<AsyncDisposable> {
  const name = 'deskpod-wallpapers';
  const body = { metadata: { name }, binaryData: { [file]: content.toString('base64') } };
  await api.call((options) => api.core.createNamespacedConfigMap({ namespace, body }, options));
  return {
    async [Symbol.asyncDispose]() {
      await api.call((options) => api.core.deleteNamespacedConfigMap({ name, namespace }, options));
    },
  };
}

async function foreign({ api, name: namespace }: Namespace, name: string) {
  const body = {
    metadata: { name },
    spec: {
      terminationGracePeriodSeconds: 0,
      containers: [
        {
          name: 'sleep',
          image: `${REGISTRY}/terminal:1`,
          command: ['sleep', '600'],
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
        },
      ],
      securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
    },
  };
  const { metadata } = await api.call((options) => api.core.createNamespacedPod({ namespace, body }, options));
  return {
    untouched: async () => {
      try {
        const now = await api.call((options) => api.core.readNamespacedPod({ name, namespace }, options));
        return now.metadata?.uid === metadata?.uid && !now.metadata?.deletionTimestamp;
      } catch (error) {
        if (hasStatus(error, 404)) return false;
        throw error;
      }
    },
    [Symbol.asyncDispose]: async () => {
      await api.call((o) => api.core.deleteNamespacedPod({ name, namespace, body: { gracePeriodSeconds: 0 } }, o));
    },
  };
}
