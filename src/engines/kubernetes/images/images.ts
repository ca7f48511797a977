/**
 * Images of apps on the nodes. Only a node's kubelet can pull, and it pulls the image of a pod: so for each app and
 * node there is a pod that only waits, long enough for others to wait for it. It runs a static program that an init
 * container copies into it, so that it works with any image, even an empty one.
 */
import type { V1Pod } from '@kubernetes/client-node';
import type { KubernetesConfig } from '#config/config.ts';
import { clusterImage } from '#config/own-image.ts';
import type { AppImage, ImageInfo } from '#domain/ports/engine.ts';
import { DeskpodError } from '#domain/errors.ts';
import { hasStatus } from '../cluster/api-fault.ts';
import type { Context } from '../context.ts';
import { PULL_TYPES, pullAnnotations, pullLabels, readPod } from '../cluster/labels.ts';
import { pullName } from '../cluster/names.ts';
import { digestOf, isReady, type Node, type Pod, statusOf, waitingFor } from '../cluster/pod.ts';
import { explain, progressOf } from '../pods/progress.ts';
import { containerSecurity } from '../specs/security.ts';

/** They stay ready for this long, so that others can wait for them. */
const READY_MS = 300_000;
const FAILED_MS = 600_000;
const PULL_TIMEOUT_MS = 600_000;
const ANYBODY = { uid: 10_002, gid: 10_002 };
const REQUESTS = { memory: '8Mi', cpu: '5m' };
const CONTAINER = 'image';

/** Creates the missing pull pods. {@link ensureImage} reports one that cannot be created. */
export async function announceImages(context: Context, images: readonly AppImage[]): Promise<void> {
  await Promise.all(
    images.map(async (image) => {
      try {
        await makePulls(context, image);
      } catch (error) {
        context.events.failed(`pulling ${image.reference} to every node`, error);
      }
    }),
  );
}

export async function ensureImage(
  context: Context,
  image: AppImage,
  report: (line: string) => void,
  signal: AbortSignal,
): Promise<ImageInfo> {
  const { reference, app } = image;
  // The kubelet pulls the images of a desktop's pod, whose status reports the progress.
  if (app === null) return infoOf(reference, null);
  const known = findImage(context, reference);
  if (known) return known;
  const names = await makePulls(context, image);
  const until = AbortSignal.any([signal, AbortSignal.timeout(PULL_TIMEOUT_MS)]);
  const done = new AbortController();
  const reported = new Map<string, string>();
  const digests = names.map(async (name) =>
    context.view.until(
      name,
      (pod) => {
        if (pod === null) return null;
        const status = statusOf(pod, CONTAINER);
        const progress = progressOf(pod, CONTAINER, app);
        if (progress.state === 'failed')
          throw new DeskpodError('app_unavailable', explanation(pod, reference), pushRemedy(context, image));
        const line = lineOf(pod, reference);
        if (reported.get(name) !== line) report(line);
        reported.set(name, line);
        return isReady(pod) ? { digest: digestOf(status) } : null;
      },
      AbortSignal.any([until, done.signal]),
    ),
  );
  try {
    const [first] = await Promise.all(digests);
    return infoOf(reference, first?.digest ?? null);
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (until.aborted) {
      const why = [...reported.values()].at(-1) ?? 'no node answered';
      throw new DeskpodError(
        'app_unavailable',
        `The image ${reference} was not on every node after ten minutes: ${why}`,
      );
    }
    throw error;
  } finally {
    done.abort();
    await Promise.allSettled(digests);
  }
}

/** From a pod that runs it, or from the images that a node reports. */
export function findImage({ view }: Context, reference: string): ImageInfo | null {
  if (!/^[\w.\-/:@]+$/.test(reference)) return null;
  for (const pod of view.pods) {
    const all = [...(pod.status.containerStatuses ?? []), ...(pod.status.ephemeralContainerStatuses ?? [])];
    const status = all.find(
      ({ name, state }) => imageIn(pod, name) === reference && (state?.running ?? state?.terminated),
    );
    if (status) return infoOf(reference, digestOf(status));
  }
  for (const { status } of view.nodes) {
    const image = status.images?.find(({ names }) => names?.includes(reference));
    if (!image?.names) continue;
    return infoOf(reference, /sha256:[0-9a-f]{64}/.exec(image.names.join(' '))?.[0] ?? null, image.sizeBytes ?? null);
  }
  return null;
}

/** Removes expired pull pods. */
export async function removeOldPulls({ api, namespace, view }: Context, now: Date): Promise<void> {
  const old = [...view.pods].filter((pod) => readPod(pod)?.kind === 'pull' && hadItsTime(pod, now));
  await Promise.all(
    old.map(async ({ metadata: { name } }) => {
      try {
        const body = { gracePeriodSeconds: 0 };
        await api.call((options) => api.core.deleteNamespacedPod({ name, namespace, body }, options));
      } catch (error) {
        if (!hasStatus(error, 404)) throw error;
      }
    }),
  );
}

/** Five minutes after it became ready, or ten minutes after its creation if it never did. */
export function hadItsTime(pod: Pod, now: Date): boolean {
  const ready = pod.status.conditions?.find(({ type, status }) => type === 'Ready' && status === 'True');
  const since = ready?.lastTransitionTime;
  return since
    ? now.getTime() - since.getTime() > READY_MS
    : now.getTime() - pod.metadata.creationTimestamp.getTime() > FAILED_MS;
}

/** Names of the pods to wait for: one per node. */
async function makePulls(context: Context, { reference, app }: AppImage): Promise<string[]> {
  if (app === null) return [];
  const nodes = usableNodes(context);
  const pods = (nodes.length > 0 ? nodes : [null]).flatMap((node) =>
    PULL_TYPES.map((type) => pullPod({ reference, app, type, node }, context.settings.config)),
  );
  await Promise.all(pods.map((body) => make(context, body)));
  return pods
    .filter(({ metadata }) => metadata?.labels?.['type'] === PULL_TYPES[0])
    .map(({ metadata }) => metadata?.name ?? '');
}

async function make({ api, namespace, view }: Context, body: V1Pod): Promise<void> {
  const name = body.metadata?.name ?? '';
  const there = view.pod(name);
  // A failed pod is removed for another attempt.
  if (there && !isReady(there) && waitingFor(statusOf(there, CONTAINER))) {
    const uid = there.metadata.uid;
    await api
      .call((o) =>
        api.core.deleteNamespacedPod({ name, namespace, body: { gracePeriodSeconds: 0, preconditions: { uid } } }, o),
      )
      .catch((error: unknown) => {
        // It is gone, or another replica removed it.
        if (!hasStatus(error, 404, 409)) throw error;
      });
    await view.until(name, (pod) => pod?.metadata.uid !== uid || null, AbortSignal.timeout(30_000));
  }
  try {
    await api.call((options) => api.core.createNamespacedPod({ namespace, body }, options));
  } catch (error) {
    if (!hasStatus(error, 409)) throw error;
  }
}

interface Pull {
  readonly reference: string;
  readonly app: string;
  readonly type: (typeof PULL_TYPES)[number];
  /** Null for any node, when nodes are not visible. */
  readonly node: string | null;
}

/** Pure. */
export function pullPod({ reference, app, type, node }: Pull, config: KubernetesConfig): V1Pod {
  const tools = { name: 'tools', mountPath: '/.deskpod' };
  const securityContext = containerSecurity(ANYBODY, true);
  const resources = { requests: REQUESTS, limits: { memory: '64Mi', cpu: '500m' } };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: pullName(app, node ?? 'localhost', reference, type),
      labels: { ...pullLabels(app, type) },
      annotations: { ...pullAnnotations(reference, CONTAINER) },
    },
    spec: {
      ...(node === null ? {} : { nodeSelector: { 'kubernetes.io/hostname': node } }),
      tolerations: config.tolerations.map((toleration) => ({ ...toleration })),
      imagePullSecrets: config.images.pullSecrets.map((name) => ({ name })),
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      terminationGracePeriodSeconds: 0,
      // Never Completed: `kubectl wait` would wait in vain for a pod that ended before.
      restartPolicy: 'Always',
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      volumes: [{ name: tools.name, emptyDir: { sizeLimit: '16Mi' } }],
      initContainers: [
        {
          name: 'tools',
          image: clusterImage(config.images, 'toolbox'),
          imagePullPolicy: config.images.pullPolicy,
          command: ['/usr/bin/busybox', 'cp', '/usr/bin/busybox', `${tools.mountPath}/busybox`],
          securityContext,
          resources,
          volumeMounts: [tools],
        },
      ],
      containers: [
        {
          name: CONTAINER,
          image: reference,
          imagePullPolicy: config.images.pullPolicy,
          command: [`${tools.mountPath}/busybox`, 'sleep', '3600'],
          securityContext,
          resources,
          volumeMounts: [{ ...tools, readOnly: true }],
        },
      ],
    },
  };
}

function usableNodes({ view, settings }: Context): string[] {
  return [...view.nodes].filter((node) => isUsable(node, settings.config)).map(({ metadata }) => metadata.name);
}

function isUsable({ spec, status }: Node, { tolerations }: KubernetesConfig): boolean {
  const ready = status.conditions?.some((one) => one.type === 'Ready' && one.status === 'True') ?? false;
  const kept = (spec.taints ?? []).filter(({ effect }) => effect !== 'PreferNoSchedule');
  return (
    ready &&
    !spec.unschedulable &&
    kept.every((taint) =>
      tolerations.some(
        ({ key, operator, value, effect }) =>
          (key === undefined || key === taint.key) &&
          (operator === 'Exists' || (value ?? '') === (taint.value ?? '')) &&
          (effect === undefined || effect === taint.effect),
      ),
    )
  );
}

function imageIn({ spec }: Pod, container: string): string | undefined {
  const all = [...spec.containers, ...(spec.ephemeralContainers ?? [])];
  return all.find(({ name }) => name === container)?.image ?? undefined;
}

function lineOf(pod: Pod, reference: string): string {
  const waiting = waitingFor(statusOf(pod, CONTAINER));
  return waiting ? explain(waiting, reference) : `pulling on ${pod.spec.nodeName ?? 'a node'}`;
}

function explanation(pod: Pod, reference: string): string {
  return `${lineOf(pod, reference)}, on ${pod.spec.nodeName ?? 'no node'}.`;
}

/** How an image of the product gets into the registry from which nodes pull it. */
function pushRemedy({ settings }: Context, { reference, app }: AppImage): { remedy?: string } {
  const { registry } = settings.config.images;
  if (app === null || !reference.startsWith(`${registry}/`)) return {};
  const command = `npm run images -- --push ${registry}`;
  return { remedy: `If the registry doesn’t have it, push it from a checkout of Deskpod: ${command}` };
}

/** A cluster knows no more of an image than its name and digest. */
function infoOf(reference: string, digest: string | null, bytes: number | null = null): ImageInfo {
  const nothing = { labels: {}, command: [], architecture: '', os: 'linux', createdAt: new Date(0), inspect: null };
  return { ...nothing, id: digest ?? reference, digest, bytes, outdated: false };
}
