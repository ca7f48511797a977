/**
 * Makes a machine ready for the server: packages, engine, images of the first screen, browser code. Each step looks first
 * whether there is anything to do, so it can be interrupted anywhere and run again, and costs next to nothing the second time.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { EngineApi } from '#engines/containers/api.ts';
import { ImageBuilder } from '#engines/containers/images/builder.ts';
import { PodmanService } from '#engines/containers/podman-service.ts';
import { checkMachine, type CheckOptions } from './checks.ts';
import { installPackages, missingPackages, wantedPackages } from './packages.ts';
import type { Detail, Progress } from './progress.ts';
import { bundleWeb } from './web-bundle.ts';

export interface SetUpOptions {
  /** The checkout: where `images/`, `web/` and `package.json` are. */
  readonly root: string;
  readonly dataDir: string;
  readonly runDir: string;
  /** An image of Debian trixie to build on; null makes one from packages. */
  readonly baseImage: string | null;
  /** A running engine to use; null starts Podman on a store of its own. */
  readonly engineSocket: string | null;
  /** Where the server is going to listen; null when it is not. */
  readonly listen: CheckOptions['listen'];
}

/** Rejects with a `DeskpodError` that says what to do; whatever was done until then is kept and not done again. */
export async function setUp(options: SetUpOptions, progress: Progress, signal: AbortSignal): Promise<void> {
  await checkMachine(options);
  await mkdir(options.dataDir, { recursive: true, mode: 0o711 });
  await ensurePackages(options, progress);
  signal.throwIfAborted();
  await Promise.all([
    progress.step('Browser code', async () => ((await bundleWeb(options.root)) ? '' : 'up to date')),
    ensureImages(options, progress, signal),
  ]);
}

async function ensurePackages({ engineSocket, baseImage }: SetUpOptions, progress: Progress): Promise<void> {
  const wanted = wantedPackages({ ownEngine: engineSocket === null, ownBase: baseImage === null });
  const missing = await missingPackages(wanted);
  if (missing.length > 0) progress.say(`These Debian packages will be installed: ${missing.join(', ')}`);
  await progress.step('Debian packages', async (detail) => {
    if (missing.length === 0) return 'all there';
    await installPackages(missing, detail);
    return `${missing.length} installed`;
  });
}

async function ensureImages(options: SetUpOptions, progress: Progress, signal: AbortSignal): Promise<void> {
  const { dataDir, runDir, engineSocket, baseImage, root } = options;
  await using owned = new AsyncDisposableStack();
  let api = new EngineApi(engineSocket ?? '');
  if (engineSocket === null) {
    await progress.step('Podman', async () => {
      const service = owned.use(await PodmanService.start(engineFolders(dataDir, runDir)));
      api = new EngineApi(service.socket, () => service.ready());
    });
  }
  const builder = new ImageBuilder(api, {
    imagesDir: join(root, 'images'),
    baseImage,
    workDir: join(dataDir, 'cache'),
  });
  await progress.step('Images', (detail) => buildFirstScreen(builder, detail, signal));
}

async function buildFirstScreen(builder: ImageBuilder, detail: Detail, signal: AbortSignal): Promise<string> {
  const needed = builder.list().filter((image) => image.needed);
  const current = await Promise.all(needed.map(({ reference }) => builder.isCurrent(reference)));
  const stale = needed.filter((_image, index) => !current[index]);
  if (stale.length === 0) return 'up to date';
  // One that fails stops the others: their waiting would only delay the message.
  const others = new AbortController();
  const either = AbortSignal.any([signal, others.signal]);
  let ready = 0;
  const counted = (line: string): void => detail(`${ready}/${stale.length}  ${line}`);
  try {
    await Promise.all(
      stale.map(async ({ reference }) => {
        await builder.ensure(reference, counted, either);
        ready += 1;
      }),
    );
  } catch (error) {
    others.abort(error);
    throw error;
  }
  return stale.map(({ name }) => name).join(', ');
}

/** The folders of our own Podman; the engine uses the same. */
export function engineFolders(dataDir: string, runDir: string): { readonly data: string; readonly run: string } {
  return { data: join(dataDir, 'engine'), run: join(runDir, 'engine') };
}
