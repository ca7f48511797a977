/** Building several images side by side, those that are up to date left out. */
import { join } from 'node:path';
import type { EngineApi } from '#containers-client/api.ts';
import { type BuilderOptions, ImageBuilder } from '#containers-client/images/builder.ts';
import type { PlannedImage } from '#containers-client/images/plan.ts';
import type { SetupFolders } from '../engine.ts';
import type { Detail } from '../progress.ts';

export function openBuilder(
  api: EngineApi,
  { root, dataDir, baseImage, languages = [], fonts = [] }: SetupFolders,
  more: Pick<BuilderOptions, 'prepared' | 'refreshBefore'> = {},
): ImageBuilder {
  const workDir = join(dataDir, 'cache');
  return new ImageBuilder(api, { imagesDir: join(root, 'images'), baseImage, languages, fonts, workDir, ...more });
}

/** Returns what was done, for the step's line. */
export async function buildImages(
  builder: Pick<ImageBuilder, 'isCurrent' | 'ensure'>,
  images: readonly PlannedImage[],
  detail: Detail,
  signal: AbortSignal,
): Promise<string> {
  const current = await Promise.all(images.map(({ reference }) => builder.isCurrent(reference)));
  const stale = images.filter((_image, index) => !current[index]);
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
