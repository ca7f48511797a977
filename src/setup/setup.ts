/**
 * Prepares a machine for the server: packages, engine, images of the first screen, browser code. Each step first checks
 * whether there is anything to do, so the setup can be interrupted and repeated, and is quick the second time.
 */
import { mkdir } from 'node:fs/promises';
import { checkMachine, type CheckOptions } from './checks.ts';
import { ensurePackages, openEngine, type SetupFolders } from './engine.ts';
import { buildImages, openBuilder } from './images/build.ts';
import type { Progress } from './progress.ts';
import { bundleWeb } from './web-bundle.ts';

export interface SetUpOptions extends SetupFolders {
  /** Where the server will listen; null if it won't. */
  readonly listen: CheckOptions['listen'];
  /** Names of images to build besides those of the first screen. */
  readonly images?: readonly string[];
}

/** Rejects with a `DeskpodError` that says what to do; completed steps aren't repeated. */
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

async function ensureImages(options: SetUpOptions, progress: Progress, signal: AbortSignal): Promise<void> {
  await using owned = new AsyncDisposableStack();
  const builder = openBuilder(await openEngine(options, owned, progress), options);
  const needed = builder.list().filter(({ name, needed: first }) => first || options.images?.includes(name));
  await progress.step('Images', (detail) => buildImages(builder, needed, detail, signal));
}
