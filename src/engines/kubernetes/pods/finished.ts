/** Removes finished app pods from the documented selector, so that waiting for `pod_application` ends. */
import { hasStatus } from '../cluster/api-fault.ts';
import { type Context, findPod } from '../context.ts';
import { isFinished } from './describe.ts';
import { FINISHING, isMarkedFinished } from '../cluster/labels.ts';
import { mainOf, statusOf } from '../cluster/pod.ts';

/** Every server does it, which does no harm. Returns a function that stops it. */
export function markFinished(context: Context): () => void {
  const { api, namespace, view, events } = context;
  const asked = new Set<string>();
  return view.onPod((name, pod) => {
    const launch = pod && findPod(context, name, 'launch');
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
        // The next change of the pod tries again.
        if (!hasStatus(error, 404, 409)) events.failed(`marking the pod ${name} as finished`, error);
      });
  });
}
