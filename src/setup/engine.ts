/** What building images needs: Debian packages, and a container engine that is running or gets started. */
import type { FontSet } from '#domain/desktops/fonts.ts';
import { join } from 'node:path';
import { EngineApi } from '#containers-client/api.ts';
import { PodmanService } from '#containers-client/podman-service.ts';
import { installPackages, missingPackages, requiredPackages } from './packages.ts';
import type { Progress } from './progress.ts';

export interface SetupFolders {
  /** The checkout, with `images/`, `web/` and `package.json`. */
  readonly root: string;
  readonly dataDir: string;
  readonly runDir: string;
  /** An image of Debian trixie to build on; null creates one from packages. */
  readonly baseImage: string | null;
  /** Languages that the programs in the images are translated into. */
  readonly languages?: readonly string[];
  /** More fonts in the images. */
  readonly fonts?: readonly FontSet[];
  /** The socket of a running engine; null starts Podman with separate storage. */
  readonly engineSocket: string | null;
}

export async function ensurePackages({ engineSocket, baseImage }: SetupFolders, progress: Progress): Promise<void> {
  const wanted = requiredPackages({ ownEngine: engineSocket === null, ownBase: baseImage === null });
  const missing = await missingPackages(wanted);
  if (missing.length > 0) progress.say(`Installing these Debian packages: ${missing.join(', ')}`);
  await progress.step('Debian packages', async (detail) => {
    if (missing.length === 0) return 'all there';
    await installPackages(missing, detail);
    return `${missing.length} installed`;
  });
}

/** If this starts Podman, it stops with `owned`. */
export async function openEngine(
  { dataDir, runDir, engineSocket }: SetupFolders,
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

/** The folders of Deskpod's own Podman, which the engine uses, too. */
export function engineFolders(dataDir: string, runDir: string): { readonly data: string; readonly run: string } {
  return { data: join(dataDir, 'engine'), run: join(runDir, 'engine') };
}
