/** Builds the images that only tests want, from the folders beside this file, on the engine under test. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { z } from 'zod';
import { type EngineApi, jsonLines } from '#containers-client/api.ts';

const Progress = z.looseObject({ error: z.string().nullish() });

export type TestImage = 'contract' | 'bare' | 'elsewhere' | 'translated' | 'alsa';

/**
 * `contract`, made to the contract of published applications, and `elsewhere`, without time zones, need the terminal's
 * image; `bare`, one program on nothing, the toolbox's. `translated`, with GTK's image, and `alsa`, with the terminal's, need the
 * network.
 */
export async function buildTestImage(
  api: EngineApi,
  name: TestImage,
  reference: string,
  signal: AbortSignal,
): Promise<void> {
  const folder = join(import.meta.dirname, name);
  const tar = spawn('tar', ['-C', folder, '-cf', '-', '.'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const closed = once(tar, 'close');
  const reply = await api.stream('POST', '/build', {
    query: { t: reference, dockerfile: 'Containerfile', networkmode: 'host', rm: true, forcerm: true },
    body: tar.stdout,
    signal,
  });
  for await (const { error } of jsonLines(Progress, reply)) if (error) throw new Error(error);
  await closed;
}
