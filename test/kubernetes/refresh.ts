/** A node keeps an image under its tag, but the tag may have moved since the last test run. */
import { z } from 'zod';
import { ClusterApi } from '#engines/kubernetes/cluster/api.ts';
import type { Pod } from '#engines/kubernetes/cluster/pod.ts';
import { View } from '#engines/kubernetes/cluster/view.ts';
import { KUBECONFIG, REGISTRY } from './cluster.ts';

const NAME = 'deskpod-refresh-images';
const NAMESPACE = 'default';
const TIMEOUT_MS = 300_000;

/** Pulls all pushed images with one pod that lists them and starts none. Returns their number. */
export async function refreshNode(signal: AbortSignal): Promise<string> {
  const references = await pushed();
  const api = ClusterApi.connect(KUBECONFIG);
  await using view = await View.open(api, NAMESPACE);
  const remove = () =>
    api
      .call((o) =>
        api.core.deleteNamespacedPod({ name: NAME, namespace: NAMESPACE, body: { gracePeriodSeconds: 0 } }, o),
      )
      .catch(() => {});
  await remove();
  await view.until(NAME, (pod) => pod === null || null, AbortSignal.timeout(30_000));
  const containers = references.map((image, index) => ({
    name: `image-${index}`,
    image,
    imagePullPolicy: 'Always',
    command: ['/nothing-here'],
  }));
  const metadata = { name: NAME, labels: { 'app.kubernetes.io/managed-by': 'deskpod' } };
  const spec = { restartPolicy: 'Never', terminationGracePeriodSeconds: 0, containers };
  await api.call((options) =>
    api.core.createNamespacedPod({ namespace: NAMESPACE, body: { metadata, spec } }, options),
  );
  try {
    await view.until(NAME, allPulled, AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]));
  } finally {
    await remove();
  }
  return `${references.length} pulled`;
}

/** An image is present once its container fails to start, because the command doesn't exist. */
function allPulled(pod: Pod | null): true | null {
  const statuses = pod?.status.containerStatuses ?? [];
  const pulled = statuses.filter(({ state }) => state?.terminated ?? state?.waiting?.reason === 'RunContainerError');
  return statuses.length > 0 && pulled.length === pod?.spec.containers.length ? true : null;
}

const Catalog = z.looseObject({ repositories: z.array(z.string()) });

/** Images of the walk have names and tags of their own. */
async function pushed(): Promise<string[]> {
  const [host = '', ...folder] = REGISTRY.split('/');
  const reply = await fetch(`http://${host}/v2/_catalog?n=1000`);
  const { repositories } = Catalog.parse(await reply.json());
  return repositories
    .filter((name) => name.startsWith(`${folder.join('/')}/`) && !name.endsWith('.d'))
    .map((name) => `${host}/${name}:1`);
}
