/** Removing a pod. */
import { hasStatus } from '../cluster/api-fault.ts';
import type { Context } from '../context.ts';

const REMOVED_TIMEOUT_MS = 30_000;

/** Returns when it is gone, or at once when another pod has this name. */
export async function removePod({ api, namespace, view }: Context, name: string, uid: string): Promise<void> {
  try {
    const body = { gracePeriodSeconds: 1, preconditions: { uid } };
    await api.call((options) => api.core.deleteNamespacedPod({ name, namespace, body }, options));
  } catch (error) {
    if (hasStatus(error, 404, 409)) return;
    throw error;
  }
  await view.until(name, (pod) => pod?.metadata.uid !== uid || null, AbortSignal.timeout(REMOVED_TIMEOUT_MS));
}
