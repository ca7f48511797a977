/** Desktops: listed from the view, and removed however much of them is left. */
import type { EngineDesktop } from '#domain/ports/engine.ts';
import { ignore } from '#protocol/ignore.ts';
import { listPods, type Context, findPod } from '../context.ts';
import { isThere, toDesktop } from '../pods/describe.ts';
import { removePod } from '../pods/removal.ts';
import { removeSecretsOf } from './desktop-secrets.ts';
import { removePolicy } from './network-policy.ts';
import { removeOwnedObjects } from './owned-objects.ts';

/** Without those that are being made or removed. */
export function listDesktops(context: Context): EngineDesktop[] {
  return [...listPods(context, 'desktop')].filter(isThere).map(toDesktop);
}

/** Kubernetes deletes app pods with the desktop, which owns them; they are removed explicitly all the same. */
export async function removeDesktop(context: Context, id: string, signal: AbortSignal): Promise<void> {
  const found = findPod(context, id, 'desktop');
  context.nodeQueries.forget(id);
  const launches = [...listPods(context, 'launch')].filter(({ desktopId }) => desktopId === id);
  await Promise.all(launches.map(({ pod }) => removePod(context, pod.metadata.name, pod.metadata.uid)));
  if (found) {
    await removePod(context, id, found.pod.metadata.uid);
    context.credentials.delete(found.pod.metadata.uid);
    await removeOwnedObjects(context, id, found.account);
  } else {
    await Promise.all([removeSecretsOf(context, id), removePolicyOf(context, id)]);
  }
  signal.throwIfAborted();
}

/** Only when no pod has the name: the policy of a foreign pod is not removed. */
async function removePolicyOf(context: Context, id: string): Promise<void> {
  if (context.view.pod(id) === null) await removePolicy(context, id).catch(ignore('the policy goes with its pod'));
}
