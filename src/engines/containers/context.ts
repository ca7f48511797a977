/** What the parts of the engine share. Made once by `engine.ts`, never changed. */
import { DeskpodError } from '#domain/errors.ts';
import type { EngineApi } from './api.ts';
import type { CgroupFiles } from './cgroups.ts';
import type { Surroundings } from './container-spec.ts';
import type { Labels } from './labels.ts';
import { isLaunch, type Objects, type Ours, type OurLaunch } from './objects.ts';
import type { WindowManagerReady } from '../open.ts';
import type { OutOfMemory } from './out-of-memory.ts';

export interface Context {
  readonly api: EngineApi;
  readonly objects: Objects;
  readonly instance: Labels;
  readonly around: Surroundings;
  readonly dataDir: string;
  readonly runDir: string;
  readonly outOfMemory: OutOfMemory;
  readonly cgroups: CgroupFiles;
  readonly windowManagerReady: WindowManagerReady;
}

/** A desktop by its id, whether it runs or has ended. */
export async function findDesktop(context: Context, id: string, signal?: AbortSignal): Promise<Ours> {
  const found = await context.objects.find(id, signal);
  if (found?.type !== 'x11server') throw new DeskpodError('not_found', `There is no desktop ${id}.`);
  return found;
}

/** A launch by its id, running or finished; null when it is absent or foreign. */
export async function findLaunch(context: Context, id: string, signal?: AbortSignal): Promise<OurLaunch | null> {
  const found = await context.objects.find(id, signal);
  return found !== null && isLaunch(found) ? found : null;
}

/** Podman answers a taken name with 500. */
export function isNameTaken(error: unknown): boolean {
  return (
    error instanceof Error &&
    error.name === 'ApiError' &&
    /already in use|name .* already used|already exists/i.test(error.message)
  );
}
