/** What all parts of the engine share. `engine.ts` makes it once; it never changes. */
import { DeskpodError } from '#domain/errors.ts';
import type { EngineEvents } from '#domain/ports/engine.ts';
import type { EngineApi } from '#containers-client/api.ts';
import type { CgroupFiles } from './host/cgroups.ts';
import type { HostSettings } from './specs/container-spec.ts';
import type { Labels } from './pods/labels.ts';
import { isLaunch, type Objects, type OwnedContainer, type OwnedLaunch } from './pods/describe.ts';
import type { WindowManagerReady } from '#domain/ports/display.ts';
import type { Egress } from './host/egress.ts';
import type { DesktopCgroups } from './host/desktop-cgroups.ts';
import type { OutOfMemory } from './host/out-of-memory.ts';

export interface Context {
  readonly api: EngineApi;
  readonly objects: Objects;
  readonly instance: Labels;
  readonly settings: HostSettings;
  readonly dataDir: string;
  readonly runDir: string;
  /** Folder of an administrator's wallpapers, which need not exist; null when none is configured. */
  readonly wallpapers: string | null;
  readonly outOfMemory: OutOfMemory;
  readonly cgroups: CgroupFiles;
  readonly desktopCgroups: DesktopCgroups;
  readonly egress: Egress;
  readonly windowManagerReady: WindowManagerReady;
  /** The group that connects to the sockets of desktops; null: only root does. */
  readonly serverGid: number | null;
  readonly events: EngineEvents;
}

/** A desktop by its id, whether it runs or has ended. */
export async function findDesktop(context: Context, id: string, signal?: AbortSignal): Promise<OwnedContainer> {
  const found = await context.objects.find(id, signal);
  if (found?.type !== 'x11server') throw new DeskpodError('not_found', `There is no desktop ${id}.`);
  return found;
}

/** A launch by its id, running or finished; null when it is absent or foreign. */
export async function findLaunch(context: Context, id: string, signal?: AbortSignal): Promise<OwnedLaunch | null> {
  const found = await context.objects.find(id, signal);
  return found !== null && isLaunch(found) ? found : null;
}

/** Podman answers 500 when a name is taken. */
export function isNameTaken(error: unknown): boolean {
  return (
    error instanceof Error &&
    error.name === 'ApiError' &&
    /already in use|name .* already used|already exists/i.test(error.message)
  );
}
