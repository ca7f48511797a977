/** Making a pod so that nothing of it is lost, whatever happens to the answer. */
import type { V1Pod } from '@kubernetes/client-node';
import { hasStatus } from './api.ts';
import type { Context } from './context.ts';
import { DESKTOP } from './labels.ts';

/** Answers the uid of the pod. An API server that was not heard may have made it all the same: then it is found. */
export async function createPod({ api, namespace }: Context, body: V1Pod): Promise<string> {
  try {
    const made = await api.call((options) => api.core.createNamespacedPod({ namespace, body }, options));
    return made.metadata?.uid ?? '';
  } catch (error) {
    if (!hasStatus(error, 0, 500, 504)) throw error;
    const name = body.metadata?.name ?? '';
    const found = await api
      .call((options) => api.core.readNamespacedPod({ name, namespace }, options))
      .catch(() => null);
    const ours = found?.metadata?.labels?.[DESKTOP];
    if (ours === undefined || ours !== body.metadata?.labels?.[DESKTOP]) throw error;
    return found?.metadata?.uid ?? '';
  }
}
