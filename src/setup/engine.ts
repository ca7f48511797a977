/** What images are made with: Debian packages of this machine, and a container engine that is there or is started. */
import { join } from 'node:path';
import { EngineApi } from '#engines/containers/api.ts';
import { PodmanService } from '#engines/containers/podman-service.ts';
import { installPackages, missingPackages, wantedPackages } from './packages.ts';
import type { Progress } from './progress.ts';

export interface Places {
  /** The checkout: where `images/`, `web/` and `package.json` are. */
  readonly root: string;
  readonly dataDir: string;
  readonly runDir: string;
  /** An image of Debian trixie to build on; null makes one from packages. */
  readonly baseImage: string | null;
  /** A running engine to use; null starts Podman on a store of its own. */
  readonly engineSocket: string | null;
}

export async function ensurePackages({ engineSocket, baseImage }: Places, progress: Progress): Promise<void> {
  const wanted = wantedPackages({ ownEngine: engineSocket === null, ownBase: baseImage === null });
  const missing = await missingPackages(wanted);
  if (missing.length > 0) progress.say(`These Debian packages will be installed: ${missing.join(', ')}`);
  await progress.step('Debian packages', async (detail) => {
    if (missing.length === 0) return 'all there';
    await installPackages(missing, detail);
    return `${missing.length} installed`;
  });
}

/** A Podman that was started for this ends with `owned`. */
export async function openEngine(
  { dataDir, runDir, engineSocket }: Places,
  owned: AsyncDisposableStack,
  progress: Progress,
): Promise<EngineApi> {
  if (engineSocket !== null) return new EngineApi(engineSocket);
  const { promise, resolve } = Promise.withResolvers<EngineApi>();
  await progress.step('Podman', async () => {
    const service = owned.use(await PodmanService.start(engineFolders(dataDir, runDir)));
    resolve(new EngineApi(service.socket, () => service.ready()));
  });
  return promise;
}

/** The folders of our own Podman; the engine uses the same. */
export function engineFolders(dataDir: string, runDir: string): { readonly data: string; readonly run: string } {
  return { data: join(dataDir, 'engine'), run: join(runDir, 'engine') };
}
