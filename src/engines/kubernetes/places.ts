/** Where a target is: its pod, and the container in it. Looked up within its desktop: what is another's is not there. */
import type { Target } from '#domain/engine.ts';
import { DeskpodError } from '#domain/errors.ts';
import { allOf, type Context, desktopIn, type Found, ofKind } from './context.ts';
import { isFinished, isLaunchEntry } from './describe.ts';
import type { ExecPlace } from './exec.ts';
import { isForgotten } from './labels.ts';
import { knownEntry } from './launches.ts';
import { mainOf, type Pod, statusOf } from './pod.ts';
import { CONTAINERS } from './ports.ts';

export interface Place {
  /** The pod with what its labels say: of the desktop, or of a launch beside it. */
  readonly found: Found;
  readonly container: string;
}

/** `not_found` when there is no such desktop, launch or container. */
export function placeOf(context: Context, { desktopId, launchId, container }: Target): Place {
  const found = launchId === undefined ? desktopIn(context, desktopId) : podOfLaunch(context, desktopId, launchId);
  if (container !== undefined) return containerIn(context, found, container);
  if (launchId === undefined) return { found, container: CONTAINERS.graphical };
  return { found, container: isBeside(found) ? mainOf(found.pod) : launchId };
}

export function execPlace({ api, namespace }: Context, { found, container }: Place): ExecPlace {
  return { api, namespace, pod: found.pod.metadata.name, container };
}

/** Whether something may still run there, or more may come to its log. */
export function runsAt(context: Context, { found, container }: Place): boolean {
  const { name, uid } = found.pod.metadata;
  const now = context.view.pod(name);
  if (now === null || now.metadata.uid !== uid) return false;
  // A container of the desktop itself is started again when it ends.
  if (!isBeside(found) && now.spec.containers.some((one) => one.name === container)) return true;
  return !isFinished(statusOf(now, container), now);
}

export function hasTerminal({ found: { pod }, container }: Place): boolean {
  const all = [...pod.spec.containers, ...(pod.spec.ephemeralContainers ?? [])];
  return all.find(({ name }) => name === container)?.tty === true;
}

export function isBeside({ pod, desktopId }: Found): boolean {
  return pod.metadata.name !== desktopId;
}

/** What people know a container by: that of a launch's own pod by the launch, of which a copy keeps its original's name. */
export function shownName(found: Found, container: string): string {
  const { pod } = found;
  return isBeside(found) && container === mainOf(pod) ? pod.metadata.name : container;
}

/** The desktop's pod and those of the launches beside it. */
export function podsOf(context: Context, desktopId: string): Found[] {
  const desktop = ofKind(context, desktopId, 'desktop');
  const beside = [...allOf(context, 'launch')].filter((one) => one.desktopId === desktopId);
  return desktop === null ? beside : [desktop, ...beside];
}

/** An ephemeral container that is no launch, wherever beside or inside the desktop it is. */
export function toolboxPlace(context: Context, desktopId: string, name: string): Place | null {
  const found = podsOf(context, desktopId).find(({ pod }) => isTool(pod, name));
  return found === undefined ? null : { found, container: name };
}

export function isTool(pod: Pod, name: string): boolean {
  return Boolean(pod.spec.ephemeralContainers?.some((one) => one.name === name)) && !isLaunchEntry(pod, name);
}

function podOfLaunch(context: Context, desktopId: string, launchId: string): Found {
  const found = knownEntry(context, launchId)?.desktop ?? ofKind(context, launchId, 'launch');
  if (found?.desktopId === desktopId) return found;
  throw new DeskpodError('not_found', `There is no launch ${launchId} in the desktop ${desktopId}.`);
}

function containerIn(context: Context, found: Found, container: string): Place {
  if (shownName(found, mainOf(found.pod)) === container) return { found, container: mainOf(found.pod) };
  const { containers, ephemeralContainers } = found.pod.spec;
  const there = [...containers, ...(ephemeralContainers ?? [])].some(({ name }) => name === container);
  if (there && !(isLaunchEntry(found.pod, container) && isForgotten(found.pod, container))) return { found, container };
  const elsewhere = toolboxPlace(context, found.desktopId, container);
  if (elsewhere !== null) return elsewhere;
  throw new DeskpodError('not_found', `There is no container ${container} in ${found.pod.metadata.name}.`);
}
