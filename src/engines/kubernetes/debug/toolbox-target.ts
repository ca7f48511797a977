/** Locates the target of a toolbox, or says why it cannot have one. */
import type { Target } from '#domain/ports/engine-launch.ts';
import { DeskpodError } from '#domain/errors.ts';
import { type Context, requireDesktop } from '../context.ts';
import { isUsable } from '../pods/describe.ts';
import { isBeside, type ContainerTarget, findTarget } from '../pods/targets.ts';
import { containerIdOf, hasEnded, mainOf, type Pod, statusOf } from '../cluster/pod.ts';
import { CONTAINERS } from '../cluster/ports.ts';
import type { ToolboxTarget } from './toolbox-container.ts';

export interface LocatedToolboxTarget extends ToolboxTarget {
  readonly target: ContainerTarget;
}

/** `desktop_missing` when the desktop does not run or is being removed, `conflict` when the target does not run. */
export function toolboxTarget(context: Context, target: Target): LocatedToolboxTarget {
  requireDesktop(context, target.desktopId);
  const located = findTarget(context, target);
  const { found, container: name } = located;
  const { pod, account } = found;
  refuseGone(located);
  refuseEnded(pod, name);
  const regular = pod.spec.containers.find((one) => one.name === name);
  const container = regular ?? pod.spec.ephemeralContainers?.find((one) => one.name === name) ?? { name };
  return {
    target: located,
    account,
    container,
    joins: regular?.name ?? (isBeside(found) ? mainOf(pod) : CONTAINERS.graphical),
    containerId: containerIdOf(statusOf(pod, name)),
    name: target.container ?? target.launchId ?? target.desktopId,
    uid: container.securityContext?.runAsUser ?? pod.spec.securityContext?.runAsUser ?? account.uid,
    gid: container.securityContext?.runAsGroup ?? pod.spec.securityContext?.runAsGroup ?? account.gid,
  };
}

function refuseGone({ found }: ContainerTarget): void {
  const { pod, desktopId } = found;
  if (pod.metadata.deletionTimestamp)
    throw new DeskpodError('desktop_missing', `${pod.metadata.name} is being removed.`);
  if (!isBeside(found) && !isUsable(found))
    throw new DeskpodError('desktop_missing', `The desktop ${desktopId} does not run.`);
}

/** @throws DeskpodError `conflict` when the container does not run. Checked again while the toolbox starts. */
export function refuseEnded(pod: Pod, name: string): void {
  const state = statusOf(pod, name)?.state;
  const ended = state?.terminated;
  if (ended) {
    const how = ended.reason ? `${ended.reason}, exit code ${ended.exitCode}` : `exit code ${ended.exitCode}`;
    throw new DeskpodError('conflict', `${name} has ended (${how}), so it cannot be debugged any more.`, {
      remedy: 'Read its log, or debug a copy of it from the start.',
    });
  }
  if (hasEnded(pod)) throw new DeskpodError('conflict', `${pod.metadata.name} has ended.`);
  if (!state?.running)
    throw new DeskpodError('conflict', `${name} does not run yet.`, { remedy: 'Try again when it has started.' });
}
