/** App pods that are over are taken out of the documented selector, so that waiting for `pod_application` ends. */
import { hasStatus } from './api.ts';
import { type Context, ofKind } from './context.ts';
import { isFinished } from './describe.ts';
import { FINISHING, isMarkedFinished } from './labels.ts';
import { mainOf, statusOf } from './pod.ts';

/** Every server does it for what it sees; doing it twice is as good as once. Returns how to stop. */
export function markFinished(context: Context, failed: (error: unknown) => void): () => void {
  const { api, namespace, view } = context;
  const asked = new Set<string>();
  return view.onPod((name, pod) => {
    const launch = pod && ofKind(context, name, 'launch');
    if (!launch || pod.metadata.deletionTimestamp || isMarkedFinished(pod)) {
      asked.delete(name);
      return;
    }
    if (!isFinished(statusOf(pod, mainOf(pod)), pod) || asked.has(name)) return;
    asked.add(name);
    api
      .patch((options) => api.core.patchNamespacedPod({ name, namespace, body: FINISHING }, options))
      .catch((error: unknown) => {
        asked.delete(name);
        if (!hasStatus(error, 404, 409)) failed(error);
      });
  });
}
