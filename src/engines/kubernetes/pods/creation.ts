/** Creating a pod so that it is not lost, even when the response is. */
import type { V1Pod } from '@kubernetes/client-node';
import { hasStatus } from '../cluster/api-fault.ts';
import type { Context } from '../context.ts';
import { DESKTOP } from '../cluster/labels.ts';
import { ignore } from '#protocol/ignore.ts';

/** Returns the pod's uid. When the response was lost, the pod may exist all the same: then it is found. */
export async function createPod({ api, namespace }: Context, body: V1Pod): Promise<string> {
  try {
    const made = await api.call((options) => api.core.createNamespacedPod({ namespace, body }, options));
    return made.metadata?.uid ?? '';
  } catch (error) {
    if (!hasStatus(error, 0, 500, 504)) throw error;
    const name = body.metadata?.name ?? '';
    const found = await api
      .call((options) => api.core.readNamespacedPod({ name, namespace }, options))
      .catch(ignore('the first error says more', null));
    const owned = found?.metadata?.labels?.[DESKTOP];
    if (owned === undefined || owned !== body.metadata?.labels?.[DESKTOP]) throw error;
    return found?.metadata?.uid ?? '';
  }
}
