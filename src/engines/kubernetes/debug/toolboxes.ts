/** Toolboxes as the port tells of them, ours and those of others: from the pods that list them, pure. */
import type { EngineToolbox } from '#domain/debug/engine.ts';
import { allOf, type Context, type Found } from '../context.ts';
import { startOf, stateOf } from '../describe.ts';
import { isForgotten } from '../labels.ts';
import { isTool, podsOf } from '../places.ts';
import { type Pod, statusOf } from '../pod.ts';
import { addedBy, isOurs, noteOf } from './notes.ts';

/** Those that never began and were given up are left out. */
export function listToolboxes(context: Context, desktopId?: string): EngineToolbox[] {
  const pods =
    desktopId === undefined ? [...allOf(context, 'desktop'), ...allOf(context, 'launch')] : podsOf(context, desktopId);
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
  const entry = pod.spec.ephemeralContainers?.find((one) => one.name === name);
  const status = statusOf(pod, name);
  const note = noteOf(pod, name);
  const added = addedBy(pod, name);
  const foreign = !isOurs(pod, name);
  return {
    name,
    desktopId,
    userId: account.userId,
    target: note?.target ?? null,
    profile: note?.profile ?? null,
    image: entry?.image ?? '',
    by: note?.by ?? (foreign ? (added?.manager ?? null) : null),
    foreign,
    special: note?.special ?? true,
    status: stateOf(status, pod),
    startedAt: startOf(status) ?? added?.time ?? pod.metadata.creationTimestamp,
  };
}
