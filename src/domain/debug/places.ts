/** What is looked into: a launch or a desktop, found within what the one who asks may know of. */
import type { DebugTarget } from '../../protocol/debug.ts';
import type { Desktops } from '../desktops.ts';
import type { Target } from '../engine.ts';
import { DeskpodError } from '../errors.ts';
import type { Launches } from '../launches.ts';
import type { LaunchRecord } from '../store.ts';
import type { DebugPolicy } from './policy.ts';
import type { DebugWant } from './record.ts';
import { type Looker, type Permission, permissionOf } from './rules.ts';

export interface DebugPlace {
  readonly userId: string;
  readonly desktopId: string;
  readonly launch: LaunchRecord | null;
  /** Whether it runs: only a copy is made of what has ended. */
  readonly runs: boolean;
}

export interface PlacesDeps {
  readonly desktops: Pick<Desktops, 'running' | 'runningOrNull' | 'ownerOf'>;
  readonly launches: Pick<Launches, 'find'>;
  readonly policy: Pick<DebugPolicy, 'own'>;
}

/** `not_found` for what is none of their business, as for what does not exist. */
export async function findPlace(
  deps: PlacesDeps,
  looker: Looker,
  kind: DebugWant['kind'],
  target: DebugTarget,
): Promise<{ readonly place: DebugPlace; readonly permission: Permission }> {
  const place = await lookUp(deps, looker, target);
  const permission = place && permissionOf(looker, place.userId, kind, deps.policy);
  if (place && permission) return { place, permission };
  throw target.launch === undefined
    ? new DeskpodError('not_found', `There is no desktop ${target.desktop}.`)
    : new DeskpodError('not_found', `There is no launch ${target.launch}.`);
}

async function lookUp(
  { desktops, launches }: PlacesDeps,
  looker: Looker,
  target: DebugTarget,
): Promise<DebugPlace | null> {
  if (target.launch !== undefined) {
    const found = await launches.find(target.launch);
    if (!found || (target.desktop !== undefined && target.desktop !== found.record.desktopId)) return null;
    const { userId, desktopId } = found.record;
    return { userId, desktopId, launch: found.record, runs: found.launch.status.state !== 'finished' };
  }
  const desktopId = target.desktop ?? desktops.running(looker.id).id;
  const userId = desktops.ownerOf(desktopId);
  return userId === null ? null : { userId, desktopId, launch: null, runs: true };
}

/** `conflict` for what has ended, `desktop_missing` while its desktop does not run. */
export function assertRuns({ desktops }: PlacesDeps, place: DebugPlace, kind: DebugWant['kind']): void {
  if (desktops.runningOrNull(place.userId)?.id !== place.desktopId)
    throw new DeskpodError('desktop_missing', 'The desktop of this does not run.', {
      remedy: 'Start the desktop and the app again.',
    });
  if (place.runs || kind === 'copy') return;
  throw new DeskpodError('conflict', `${place.launch?.appName ?? 'It'} has ended.`, {
    remedy: 'Make a copy of it with another command, or read its log.',
  });
}

/** In the engine's words. */
export function engineTarget({ desktopId, launch }: DebugPlace, container?: string): Target {
  return {
    desktopId,
    ...(launch === null ? {} : { launchId: launch.id }),
    ...(container === undefined ? {} : { container }),
  };
}
