/** Forgetting an ephemeral container: Kubernetes never removes one from a pod, so an annotation of the pod hides it. */
import { hasStatus } from '../cluster/api-fault.ts';
import { forgetting, isForgotten } from '../cluster/labels.ts';
import type { Context } from '../context.ts';

const SEEN_TIMEOUT_MS = 15_000;

/** Returns when the view shows the annotation, or at once when the pod is gone. */
export async function forgetContainer(
  { api, namespace, view }: Context,
  pod: string,
  container: string,
): Promise<void> {
  try {
    const body = forgetting(container, new Date());
    await api.patch((options) => api.core.patchNamespacedPod({ name: pod, namespace, body }, options));
  } catch (error) {
    if (hasStatus(error, 404)) return;
    throw error;
  }
  const hidden = (now: Parameters<typeof isForgotten>[0] | null) => now === null || isForgotten(now, container) || null;
  await view.until(pod, hidden, AbortSignal.timeout(SEEN_TIMEOUT_MS));
}
