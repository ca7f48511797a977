/** A node keeps an image under its tag, but the tag may have moved since the last test run. */
import { z } from 'zod';
import { ignore } from '#protocol/ignore.ts';
import { ClusterApi } from '#engines/kubernetes/cluster/api.ts';
import type { Pod } from '#engines/kubernetes/cluster/pod.ts';
import { View } from '#engines/kubernetes/cluster/view.ts';
import { KUBECONFIG, REGISTRY } from './cluster.ts';

const NAME = 'deskpod-refresh-images';
const NAMESPACE = 'default';
const TIMEOUT_MS = 600_000;
/** A node pulls the images of one pod one after the other, those of several pods side by side. */
const PODS = 4;

/** Pulls all pushed images with a few pods that list them and start none. Returns their number. */
export async function refreshNode(signal: AbortSignal): Promise<string> {
  const references = await pushed();
  const api = ClusterApi.connect(KUBECONFIG);
  await using view = await View.open(api, NAMESPACE);
  const shares = Array.from({ length: PODS }, (_, share) => references.filter((_, index) => index % PODS === share));
  const until = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
  await Promise.all(
    shares
      .filter((images) => images.length > 0)
      .map((images, index) => pullWith(`${NAME}-${index}`, images, { api, view }, until)),
  );
  return `${references.length} pulled`;
}

async function pullWith(
  name: string,
  images: readonly string[],
  { api, view }: { readonly api: ClusterApi; readonly view: View },
  signal: AbortSignal,
): Promise<void> {
  const remove = () =>
    api
      .call((o) => api.core.deleteNamespacedPod({ name, namespace: NAMESPACE, body: { gracePeriodSeconds: 0 } }, o))
      .catch(ignore('there is none, or the next run removes it'));
  await remove();
  await view.until(name, (pod) => pod === null || null, AbortSignal.timeout(60_000));
  const containers = images.map((image, index) => ({
    name: `image-${index}`,
    image,
    imagePullPolicy: 'Always',
    command: ['/nothing-here'],
  }));
  const metadata = { name, labels: { 'app.kubernetes.io/managed-by': 'deskpod' } };
  const spec = { restartPolicy: 'Never', terminationGracePeriodSeconds: 0, containers };
  await api.call((options) =>
    api.core.createNamespacedPod({ namespace: NAMESPACE, body: { metadata, spec } }, options),
  );
  try {
    await view.until(name, allPulled, signal);
  } finally {
    await remove();
  }
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
