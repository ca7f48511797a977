/** Builds the image made to the contract of published applications, from `contract/`, on the engine under test. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { z } from 'zod';
import { type EngineApi, jsonLines } from '#engines/containers/api.ts';

const Progress = z.looseObject({ error: z.string().nullish() });

/** Needs the terminal's image, and no network: it only adds a script, links and labels. */
export async function buildContractImage(api: EngineApi, reference: string, signal: AbortSignal): Promise<void> {
  const folder = join(import.meta.dirname, 'contract');
  const tar = spawn('tar', ['-C', folder, '-cf', '-', '.'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const closed = once(tar, 'close');
  const reply = await api.stream('POST', '/build', {
    query: { t: reference, dockerfile: 'Containerfile' },
    body: tar.stdout,
    signal,
  });
  for await (const { error } of jsonLines(Progress, reply)) if (error) throw new Error(error);
  await closed;
}
