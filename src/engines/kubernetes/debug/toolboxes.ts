/** Toolboxes as the port describes them, own and foreign ones, from their pods. Pure. */
import type { EngineToolbox } from '#domain/ports/debug-engine.ts';
import { listPods, type Context, type Found } from '../context.ts';
import { startOf, toLaunchState } from '../pods/describe.ts';
import { isForgotten } from '../cluster/labels.ts';
import { isTool, podsOf } from '../pods/targets.ts';
import { type Pod, statusOf } from '../cluster/pod.ts';
import { addedBy, isOwnToolbox, readToolboxAnnotation } from '../pods/toolbox-annotations.ts';

/** Without those that were abandoned before they started. */
export function listToolboxes(context: Context, desktopId?: string): EngineToolbox[] {
  const pods =
    desktopId === undefined
      ? [...listPods(context, 'desktop'), ...listPods(context, 'launch')]
      : podsOf(context, desktopId);
  return pods
    .filter(({ pod }) => !pod.metadata.deletionTimestamp)
    .flatMap((found) => toolNames(found.pod).map((name) => toToolbox(found, name)));
}

export function toolboxNamed(context: Context, desktopId: string, name: string): EngineToolbox | null {
  return listToolboxes(context, desktopId).find((one) => one.name === name) ?? null;
}

export function toolNames(pod: Pod): string[] {
  return (pod.spec.ephemeralContainers ?? [])
    .map(({ name }) => name)
    .filter((name) => isTool(pod, name) && !isForgotten(pod, name));
}

export function toToolbox({ pod, desktopId, account }: Found, name: string): EngineToolbox {
  const container = pod.spec.ephemeralContainers?.find((one) => one.name === name);
  const status = statusOf(pod, name);
  const annotation = readToolboxAnnotation(pod, name);
  const added = addedBy(pod, name);
  const foreign = !isOwnToolbox(pod, name);
  return {
    name,
    desktopId,
    userId: account.userId,
    target: annotation?.target ?? null,
    profile: annotation?.profile ?? null,
    image: container?.image ?? '',
    by: annotation?.by ?? (foreign ? (added?.manager ?? null) : null),
    foreign,
    shared: annotation !== null && !annotation.special,
    status: toLaunchState(status, pod),
    startedAt: startOf(status) ?? added?.time ?? pod.metadata.creationTimestamp,
  };
}
