/**
 * Makes kubelets refresh the Secrets that gateways have mounted. By itself a kubelet does so about once a minute; a
 * change of the pod's annotations makes it do so at once. The api may patch pods anyway, so gateways need no rights
 * in the cluster and keys never travel between pods (docs/decisions/0002-keys-of-gateways.md).
 */
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { ClusterApi } from './api.ts';
import { hasStatus } from './api-fault.ts';

/** The set of keys that the gateway's files were last refreshed for. */
const ANNOTATION = 'deskpod/keys';
const GATEWAYS = 'run=nginx-od,app.kubernetes.io/part-of=deskpod';
/** The kubelet may receive the pod's change before that of the Secret. */
const TRIES_MS = [0, 1_000, 2_000];

const Gateways = z.looseObject({
  items: z.array(
    z.looseObject({
      metadata: z.looseObject({ name: z.string(), annotations: z.record(z.string(), z.string()).nullish() }),
    }),
  ),
});

interface Where {
  readonly api: Pick<ClusterApi, 'call' | 'patch' | 'core'>;
  readonly namespace: string;
}

/** Leaves alone gateways that were refreshed for this state or created since. */
export async function refreshMounts({ api, namespace }: Where, state: string): Promise<void> {
  const labelSelector = GATEWAYS;
  const answer = await api.call((options) => api.core.listNamespacedPod({ namespace, labelSelector }, options));
  const names = Gateways.parse(answer)
    .items.filter(({ metadata }) => metadata.annotations?.[ANNOTATION]?.split('.')[0] !== state)
    .map(({ metadata }) => metadata.name);
  if (names.length === 0) return;
  for (const [index, ms] of TRIES_MS.entries()) {
    await delay(ms);
    await Promise.all(names.map((name) => annotate({ api, namespace }, name, `${state}.${index}`)));
  }
}

async function annotate({ api, namespace }: Where, name: string, value: string): Promise<void> {
  const body = { metadata: { annotations: { [ANNOTATION]: value } } };
  try {
    await api.patch((options) => api.core.patchNamespacedPod({ name, namespace, body }, options));
  } catch (error) {
    // It has ended meanwhile.
    if (!hasStatus(error, 404)) throw error;
  }
}
