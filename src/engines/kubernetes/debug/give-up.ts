/** Toolboxes that nobody waits for any more: hidden, and ended should they come up after all. */
import { hasStatus } from '../api.ts';
import { allOf, type Context } from '../context.ts';
import { forgetting, isForgotten } from '../labels.ts';
import { isTool } from '../places.ts';
import { endToolbox } from './end-toolbox.ts';
import { isOurs } from './notes.ts';

const END_TIMEOUT_MS = 15_000;

export async function giveUp(context: Context, pod: string, name: string): Promise<void> {
  const { api, namespace } = context;
  try {
    const body = forgetting(name, new Date());
    await api.patch((options) => api.core.patchNamespacedPod({ name: pod, namespace, body }, options));
  } catch (error) {
    if (hasStatus(error, 404)) return;
    throw error;
  }
  const patience = AbortSignal.timeout(END_TIMEOUT_MS);
  await context.view.until(pod, (now) => now === null || isForgotten(now, name) || null, patience);
  await endGivenUp(context);
}

/** Called now and then: an image may be there at last. */
export async function endGivenUp(context: Context): Promise<void> {
  for (const found of [...allOf(context, 'desktop'), ...allOf(context, 'launch')]) {
    const { pod } = found;
    for (const { name, state } of pod.status.ephemeralContainerStatuses ?? []) {
      const ours = isTool(pod, name) && isOurs(pod, name);
      if (state?.running && ours && isForgotten(pod, name))
        await endToolbox(context, { found, container: name }, AbortSignal.timeout(END_TIMEOUT_MS)).catch(() => {});
    }
  }
}
