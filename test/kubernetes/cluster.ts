/** The cluster of these tests: whether there is one, and namespaces in it that are deleted when the tests end. */
import { z } from 'zod';
import type { HomesConfig, KubernetesConfig } from '#config/config.ts';
import type { Engine } from '#domain/ports/engine.ts';
import { ClusterApi } from '#engines/kubernetes/cluster/api.ts';
import { hasStatus } from '#engines/kubernetes/cluster/api-fault.ts';
import { type EngineUnderTest, hermes } from '../contracts/engine-kit.ts';

const GONE_TIMEOUT_MS = 240_000;

/** The registry to which the images of this checkout were pushed. */
export const REGISTRY = process.env['DESKPOD_TEST_REGISTRY'] ?? '127.0.0.1:5000/deskpod';
/** Images of others are in a repository next to it. */
export const OTHERS = `${REGISTRY}-others`;
export const KUBECONFIG = process.env['KUBECONFIG'] ?? null;

/** The reason why there is no cluster for the tests; null if there is one. */
export function reasonToSkip(): string | null {
  return KUBECONFIG === null ? 'KUBECONFIG is not set: there is no cluster to test on' : null;
}

/** The configuration of an installation that uses the images of this checkout. */
export function clusterConfig(namespace: string, homes: HomesConfig): KubernetesConfig {
  return {
    kind: 'kubernetes',
    namespace,
    kubeconfig: KUBECONFIG,
    images: { registry: REGISTRY, tag: '1', digests: {}, pullPolicy: 'IfNotPresent', pullSecrets: [] },
    services: ['files', 'sound', 'printer', 'video'],
    requests: { memoryBytes: 64 * 1024 ** 2, cpus: 0.05 },
    nodeSelector: {},
    tolerations: [],
    pods: {
      namespace,
      userNamespaces: false,
      runtimeClassName: null,
      seccompProfiles: null,
      storageRequest: '0',
      storageLimit: '32Gi',
      homeSize: '16Gi',
      tmpSize: '4Gi',
    },
    homes,
    shared: [],
    podNetworks: null,
  };
}

/** For tests outside the contract suite, which need only its images. */
export function underTest(engine: Engine): EngineUnderTest {
  return {
    engine,
    images: {
      desktop: `${REGISTRY}/desktop:1`,
      terminal: `${REGISTRY}/terminal:1`,
      shmDemo: '',
      published: '',
      bare: '',
      elsewhere: '',
      toolbox: '',
    },
    abilities: {
      limitsEverywhere: false,
      streams: false,
      walls: false,
      imageDetails: false,
      sharedHostname: true,
      lines: false,
      sharedLimits: false,
      plainUser: hermes.uid,
    },
    shared: { writable: '', readOnly: '' },
    objects: async () => [],
    picture: () => Promise.reject(new Error('not asked for here')),
    foreign: () => Promise.reject(new Error('not asked for here')),
    [Symbol.asyncDispose]: async () => {},
  };
}

export interface Namespace extends AsyncDisposable {
  readonly name: string;
  readonly api: ClusterApi;
}

/** Enforces *restricted*. Removes what an earlier run left in it first. */
export async function ownNamespace(
  name: string,
  level = 'restricted',
  atTheEnd: 'wait until it is gone' | 'leave it going' = 'wait until it is gone',
): Promise<Namespace> {
  const api = ClusterApi.connect(KUBECONFIG);
  const remove = async (): Promise<void> => {
    try {
      await api.call((options) => api.core.deleteNamespace({ name }, options));
    } catch (error) {
      if (!hasStatus(error, 404, 409)) throw error;
    }
  };
  const removed = async (): Promise<void> => {
    await remove();
    await untilGone(api, name);
  };
  await removed();
  const labels = { 'pod-security.kubernetes.io/enforce': level };
  await api.call((options) => api.core.createNamespace({ body: { metadata: { name, labels } } }, options));
  return { name, api, [Symbol.asyncDispose]: atTheEnd === 'leave it going' ? remove : removed };
}

async function untilGone(api: ClusterApi, name: string): Promise<void> {
  const until = Date.now() + GONE_TIMEOUT_MS;
  while (Date.now() < until) {
    try {
      await api.call((options) => api.core.readNamespace({ name }, options));
    } catch (error) {
      if (hasStatus(error, 404)) return;
      throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`the namespace ${name} does not go`);
}

const Names = z.looseObject({ items: z.array(z.looseObject({ metadata: z.looseObject({ name: z.string() }) })) });

/** Pods, Secrets and NetworkPolicies, as `kind name`. */
export async function objectsIn({ api, name: namespace }: Namespace): Promise<string[]> {
  const [pods, secrets, policies] = await Promise.all([
    api.call((options) => api.core.listNamespacedPod({ namespace }, options)),
    api.call((options) => api.core.listNamespacedSecret({ namespace }, options)),
    api.call((options) => api.networking.listNamespacedNetworkPolicy({ namespace }, options)),
  ]);
  const named = (kind: string, list: unknown) =>
    Names.parse(list).items.map(({ metadata }) => `${kind} ${metadata.name}`);
  // Ignores pull pods, which are kept on purpose.
  return [...named('pod', pods), ...named('secret', secrets), ...named('policy', policies)]
    .filter((name) => !name.startsWith('pod pull-'))
    .sort();
}
