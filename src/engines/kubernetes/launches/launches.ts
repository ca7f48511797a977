/** Launches as the cluster has them, in desktops' pods and beside them. */
import type { EngineLaunch } from '#domain/ports/engine-launch.ts';
import { DeskpodError } from '#domain/errors.ts';
import type { Environment } from '#protocol/app.ts';
import { readIfThere } from '../cluster/api-fault.ts';
import { readPod } from '../cluster/labels.ts';
import { environmentOf, Pod } from '../cluster/pod.ts';
import { listPods, type Context, type Found, findPod } from '../context.ts';
import { ephemeralLaunches, toPodLaunch } from '../pods/describe.ts';
import { findEphemeralLaunch } from '../pods/targets.ts';

export function listLaunches(context: Context, desktopId?: string): EngineLaunch[] {
  const listed = ({ pod, desktopId: id }: Found): boolean =>
    !pod.metadata.deletionTimestamp && (desktopId === undefined || id === desktopId);
  const inside = [...listPods(context, 'desktop')].filter(listed).flatMap(ephemeralLaunches);
  const beside = [...listPods(context, 'launch')].filter(listed).map(toPodLaunch);
  return [...inside, ...beside];
}

/** Asks the API server: the view may be behind. */
export async function readLaunch(context: Context, desktopId: string, id: string): Promise<EngineLaunch | null> {
  const beside = await readOwnPod(context, id);
  if (beside?.kind === 'launch') return toPodLaunch(beside);
  const desktop = await readOwnPod(context, desktopId);
  return desktop === null ? null : (ephemeralLaunches(desktop).find((launch) => launch.id === id) ?? null);
}

async function readOwnPod({ api, namespace }: Context, name: string): Promise<(Found & { kind: string }) | null> {
  const read = await readIfThere(() => api.call((options) => api.core.readNamespacedPod({ name, namespace }, options)));
  const pod = read && Pod.parse(read);
  const owned = pod && readPod(pod);
  return owned && owned.kind !== 'pull' ? { pod, ...owned } : null;
}

export function launchEnvironment(context: Context, id: string): Environment {
  const container =
    findEphemeralLaunch(context, id)?.container ?? findPod(context, id, 'launch')?.pod.spec.containers[0];
  if (!container) throw new DeskpodError('not_found', `There is no launch ${id}.`);
  return environmentOf(container.env);
}
