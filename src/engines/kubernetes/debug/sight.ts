/** What a target is to a toolbox that is to look into it, or why it cannot. */
import type { Target } from '#domain/engine.ts';
import { DeskpodError } from '#domain/errors.ts';
import type { Context } from '../context.ts';
import { isOver, isThere, toDesktop } from '../describe.ts';
import { isBeside, type Place, placeOf } from '../places.ts';
import { containerIdOf, mainOf, type Pod, statusOf } from '../pod.ts';
import { CONTAINERS } from '../ports.ts';
import { foundDesktop } from '../running-desktop.ts';
import type { Sight } from './toolbox-container.ts';

export interface Seen extends Sight {
  readonly place: Place;
}

/** `desktop_missing` when the desktop does not run or goes, `conflict` when the target does not run. */
export function sightOf(context: Context, target: Target): Seen {
  foundDesktop(context, target.desktopId);
  const place = placeOf(context, target);
  const { found, container: name } = place;
  const { pod, account } = found;
  refuseGone(place);
  refuseEnded(pod, name);
  const regular = pod.spec.containers.find((one) => one.name === name);
  const container = regular ?? pod.spec.ephemeralContainers?.find((one) => one.name === name) ?? { name };
  return {
    place,
    account,
    container,
    joins: regular?.name ?? (isBeside(found) ? mainOf(pod) : CONTAINERS.graphical),
    containerId: containerIdOf(statusOf(pod, name)),
    name: target.container ?? target.launchId ?? target.desktopId,
    uid: container.securityContext?.runAsUser ?? pod.spec.securityContext?.runAsUser ?? account.uid,
    gid: container.securityContext?.runAsGroup ?? pod.spec.securityContext?.runAsGroup ?? account.gid,
  };
}

function refuseGone({ found }: Place): void {
  const { pod, desktopId } = found;
  if (pod.metadata.deletionTimestamp)
    throw new DeskpodError('desktop_missing', `${pod.metadata.name} is being removed.`);
  if (!isBeside(found) && (!isThere(found) || toDesktop(found).state !== 'running'))
    throw new DeskpodError('desktop_missing', `The desktop ${desktopId} does not run.`);
}

/** @throws DeskpodError `conflict` when the container does not run; that of the toolbox's target is asked again on the way. */
export function refuseEnded(pod: Pod, name: string): void {
  const state = statusOf(pod, name)?.state;
  const ended = state?.terminated;
  if (ended) {
    const how = ended.reason ? `${ended.reason}, exit code ${ended.exitCode}` : `exit code ${ended.exitCode}`;
    throw new DeskpodError('conflict', `${name} has ended (${how}): there is nothing to look into any more.`, {
      remedy: 'Its log and state are kept; a copy of it can be looked into from its start.',
    });
  }
  if (isOver(pod)) throw new DeskpodError('conflict', `${pod.metadata.name} is over.`);
  if (!state?.running)
    throw new DeskpodError('conflict', `${name} does not run yet.`, { remedy: 'Try again when it has started.' });
}
