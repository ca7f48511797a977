/** Toolboxes that were abandoned before they started: hidden, and ended should they start after all. */
import { isForgotten } from '../cluster/labels.ts';
import { listPods, type Context } from '../context.ts';
import { forgetContainer } from '../pods/forget-container.ts';
import { isTool } from '../pods/targets.ts';
import { isOwnToolbox } from '../pods/toolbox-annotations.ts';
import { endToolbox } from './end-toolbox.ts';

const END_TIMEOUT_MS = 15_000;

export async function forgetToolbox(context: Context, pod: string, name: string): Promise<void> {
  await forgetContainer(context, pod, name);
  await endForgottenToolboxes(context);
}

/** Called now and then: an image may be there at last. */
export async function endForgottenToolboxes(context: Context): Promise<void> {
  for (const found of [...listPods(context, 'desktop'), ...listPods(context, 'launch')]) {
    const { pod } = found;
    for (const { name, state } of pod.status.ephemeralContainerStatuses ?? []) {
      if (!state?.running || !isTool(pod, name) || !isOwnToolbox(pod, name) || !isForgotten(pod, name)) continue;
      try {
        await endToolbox(context, { found, container: name }, AbortSignal.timeout(END_TIMEOUT_MS));
      } catch (error) {
        context.events.failed(`ending the forgotten toolbox ${name}`, error);
      }
    }
  }
}
