/** Removing launches: a pod is deleted; an ephemeral container is forgotten, and ended if it runs. */
import { isForgotten } from '../cluster/labels.ts';
import { type Context, type Found, findPod } from '../context.ts';
import { isLaunchContainer } from '../pods/describe.ts';
import { forgetContainer } from '../pods/forget-container.ts';
import { removePod } from '../pods/removal.ts';
import { desktopOfLaunch } from '../pods/targets.ts';
import { ENDED_TIMEOUT_MS } from '../pods/wait-ended.ts';
import { stopEphemeral } from './stop.ts';

export async function removeLaunch(context: Context, id: string): Promise<void> {
  const beside = findPod(context, id, 'launch');
  if (beside) return removePod(context, id, beside.pod.metadata.uid);
  const desktop = desktopOfLaunch(context, id);
  if (!desktop) return;
  await forgetContainer(context, desktop.pod.metadata.name, id);
  await endForgottenLaunch(context, id);
}

/** A forgotten launch may still run, or start when its image is there at last. */
export async function endForgottenLaunch(context: Context, id: string): Promise<void> {
  const desktop = desktopOfLaunch(context, id);
  if (!desktop || !isForgotten(desktop.pod, id)) return;
  try {
    await stopEphemeral(context, desktop, id, 0, AbortSignal.timeout(ENDED_TIMEOUT_MS));
  } catch (error) {
    context.events.failed(`ending the removed launch ${id}`, error);
  }
}

/** Ids of forgotten launches that run. */
export function* runningForgotten({ pod }: Found): Generator<string> {
  for (const { name, state } of pod.status.ephemeralContainerStatuses ?? []) {
    if (state?.running && isForgotten(pod, name) && isLaunchContainer(pod, name)) yield name;
  }
}
