/** What a debug session is about: a desktop, one of its containers, or a launch. Pure. */
import type { DebugTarget } from '#protocol/debug.ts';
import type { Launch } from '#protocol/launch.ts';
import type { InspectedContainer } from '#protocol/inspect.ts';

export type DebugVerb = 'toolbox' | 'copy' | 'shell';

export interface DebugSubject {
  readonly desktopId: string;
  /** The desktop's owner. */
  readonly userId: string;
  /** Null: the desktop itself. */
  readonly launchId: string | null;
  /** Shown to the user. */
  readonly name: string;
  /** The launch's image, if known. */
  readonly image: string | null;
  /** One container of the desktop. */
  readonly container: string | null;
  /** It can only be copied. */
  readonly ended: boolean;
}

export const targetOf = ({ launchId, desktopId }: DebugSubject): DebugTarget =>
  launchId === null ? { desktop: desktopId } : { launch: launchId };

export function subjectOfLaunch({ id, userId, desktopId, appName, image, status }: Launch): DebugSubject {
  const ended = status.state === 'finished';
  return { desktopId, userId, launchId: id, name: appName, image, container: null, ended };
}

/** A service is a container of the desktop. For a toolbox, the subject is the launch it belongs to. */
export function subjectOfContainer(
  { name, kind, launchId, image, state }: InspectedContainer,
  { desktopId, userId }: { readonly desktopId: string; readonly userId: string },
  appName: string | null,
): DebugSubject {
  const own = kind === 'launch';
  return {
    desktopId,
    userId,
    launchId,
    name: appName ?? launchId ?? name,
    image: own ? image : null,
    container: kind === 'service' ? name : null,
    ended: own && state === 'finished',
  };
}
