/** What somebody wants to look into, as every part of the shell says it. Pure. */
import type { DebugTarget } from '#protocol/debug.ts';
import type { Launch } from '#protocol/launch.ts';
import type { InsideContainer } from '#protocol/inside.ts';

export interface Aim {
  readonly desktopId: string;
  /** Whose desktop. */
  readonly userId: string;
  /** Null: the desktop itself. */
  readonly launchId: string | null;
  /** For people. */
  readonly name: string;
  /** Its own image, if known. */
  readonly image: string | null;
  /** A container of the desktop, when one is meant. */
  readonly container: string | null;
  /** It has ended: a copy of it can still be made. */
  readonly over: boolean;
}

export const targetOf = ({ launchId, desktopId }: Aim): DebugTarget =>
  launchId === null ? { desktop: desktopId } : { launch: launchId };

export function aimAtLaunch({ id, userId, desktopId, appName, image, status }: Launch): Aim {
  const over = status.state === 'finished';
  return { desktopId, userId, launchId: id, name: appName, image, container: null, over };
}

/** Services are looked into as a container of the desktop; what a toolbox looks into is what it is beside. */
export function aimAtContainer(
  { name, kind, launchId, image, state }: InsideContainer,
  { desktopId, userId }: { readonly desktopId: string; readonly userId: string },
  appName: string | null,
): Aim {
  const own = kind === 'launch';
  return {
    desktopId,
    userId,
    launchId,
    name: appName ?? launchId ?? name,
    image: own ? image : null,
    container: kind === 'service' ? name : null,
    over: own && state === 'finished',
  };
}
