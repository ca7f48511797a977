/**
 * Makes a machine ready for the server: packages, engine, images of the first screen, browser code. Each step looks first
 * whether there is anything to do, so it can be interrupted anywhere and run again, and costs next to nothing the second time.
 */
import { mkdir } from 'node:fs/promises';
import { checkMachine, type CheckOptions } from './checks.ts';
import { ensurePackages, openEngine, type Places } from './engine.ts';
import { buildImages, openBuilder } from './images/build.ts';
import type { Progress } from './progress.ts';
import { bundleWeb } from './web-bundle.ts';

export interface SetUpOptions extends Places {
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

async function ensureImages(options: SetUpOptions, progress: Progress, signal: AbortSignal): Promise<void> {
  await using owned = new AsyncDisposableStack();
  const builder = openBuilder(await openEngine(options, owned, progress), options);
  const needed = builder.list().filter((image) => image.needed);
  await progress.step('Images', (detail) => buildImages(builder, needed, detail, signal));
}
