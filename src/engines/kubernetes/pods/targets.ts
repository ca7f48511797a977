/** Resolves a target to its pod and container, within its desktop only. */
import type { LaunchSpec, Target } from '#domain/ports/engine-launch.ts';
import { DeskpodError } from '#domain/errors.ts';
import { listPods, type Context, findDesktop, type Found, findPod, requireDesktop } from '../context.ts';
import { isFinished, isLaunchContainer } from './describe.ts';
import type { ContainerRef } from '../exec/exec.ts';
import { isForgotten } from '../cluster/labels.ts';
import { mainOf, type Pod, statusOf } from '../cluster/pod.ts';
import { CONTAINERS } from '../cluster/ports.ts';

type Container = NonNullable<Pod['spec']['ephemeralContainers']>[number];

export interface ContainerTarget {
  /** The pod with what its labels say: of the desktop, or of a launch beside it. */
  readonly found: Found;
  readonly container: string;
}

/** `not_found` when there is no such desktop, launch or container. */
export function findTarget(context: Context, { desktopId, launchId, container }: Target): ContainerTarget {
  const found = launchId === undefined ? findDesktop(context, desktopId) : podOfLaunch(context, desktopId, launchId);
  if (container !== undefined) return containerIn(context, found, container);
  if (launchId === undefined) return { found, container: CONTAINERS.graphical };
  return { found, container: isBeside(found) ? mainOf(found.pod) : launchId };
}

export function containerRef({ api, namespace }: Context, { found, container }: ContainerTarget): ContainerRef {
  return { api, namespace, pod: found.pod.metadata.name, container };
}

/** Whether it may still run, or its log may still grow. */
export function isRunning(context: Context, { found, container }: ContainerTarget): boolean {
  const { name, uid } = found.pod.metadata;
  const now = context.view.pod(name);
  if (now === null || now.metadata.uid !== uid) return false;
  // Kubernetes restarts the desktop's own containers.
  if (!isBeside(found) && now.spec.containers.some((one) => one.name === container)) return true;
  return !isFinished(statusOf(now, container), now);
}

export function isBeside({ pod, desktopId }: Found): boolean {
  return pod.metadata.name !== desktopId;
}

/**
 * A container's display name. That of a pod application is the launch's, because a copy keeps its original's
 * container name.
 */
export function shownName(found: Found, container: string): string {
  const { pod } = found;
  return isBeside(found) && container === mainOf(pod) ? pod.metadata.name : container;
}

/** The desktop's pod and those of the launches beside it. */
export function podsOf(context: Context, desktopId: string): Found[] {
  const desktop = findPod(context, desktopId, 'desktop');
  const beside = [...listPods(context, 'launch')].filter((one) => one.desktopId === desktopId);
  return desktop === null ? beside : [desktop, ...beside];
}

/** An ephemeral container that is no launch, in the desktop's pod or that of a pod application. */
export function findToolbox(context: Context, desktopId: string, name: string): ContainerTarget | null {
  const found = podsOf(context, desktopId).find(({ pod }) => isTool(pod, name));
  return found === undefined ? null : { found, container: name };
}

export function isTool(pod: Pod, name: string): boolean {
  return Boolean(pod.spec.ephemeralContainers?.some((one) => one.name === name)) && !isLaunchContainer(pod, name);
}

/** The desktop that an ephemeral launch is in; null when there is none of this id. */
export function desktopOfLaunch(context: Context, id: string): Found | null {
  for (const desktop of listPods(context, 'desktop')) if (isLaunchContainer(desktop.pod, id)) return desktop;
  return null;
}

/** As {@link desktopOfLaunch}; null also when the launch was forgotten. */
export function findEphemeralLaunch(context: Context, id: string): { desktop: Found; container: Container } | null {
  const desktop = desktopOfLaunch(context, id);
  const container = desktop?.pod.spec.ephemeralContainers?.find(({ name }) => name === id);
  return desktop && container && !isForgotten(desktop.pod, id) ? { desktop, container } : null;
}

/**
 * The desktop of a new ephemeral launch. The name may also be that of a toolbox, or of a foreign container.
 * @throws DeskpodError `name_taken`
 */
export function findDesktopForLaunch(context: Context, { id, desktopId }: Pick<LaunchSpec, 'id' | 'desktopId'>): Found {
  const desktop = requireDesktop(context, desktopId);
  const { ephemeralContainers } = desktop.pod.spec;
  if (!desktopOfLaunch(context, id) && !ephemeralContainers?.some(({ name }) => name === id)) return desktop;
  throw new DeskpodError('name_taken', `The desktop has a launch or toolbox ${id} already.`);
}

function podOfLaunch(context: Context, desktopId: string, launchId: string): Found {
  const found = findEphemeralLaunch(context, launchId)?.desktop ?? findPod(context, launchId, 'launch');
  if (found?.desktopId === desktopId) return found;
  throw new DeskpodError('not_found', `There is no launch ${launchId} in the desktop ${desktopId}.`);
}

function containerIn(context: Context, found: Found, container: string): ContainerTarget {
  if (shownName(found, mainOf(found.pod)) === container) return { found, container: mainOf(found.pod) };
  const { containers, ephemeralContainers } = found.pod.spec;
  const there = [...containers, ...(ephemeralContainers ?? [])].some(({ name }) => name === container);
  if (there && !(isLaunchContainer(found.pod, container) && isForgotten(found.pod, container)))
    return { found, container };
  const elsewhere = findToolbox(context, found.desktopId, container);
  if (elsewhere !== null) return elsewhere;
  throw new DeskpodError('not_found', `There is no container ${container} in ${found.pod.metadata.name}.`);
}
