/** What a folder takes on its file system, measured by `du`: it follows no link and leaves out other file systems. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { z } from 'zod';
import { DeskpodError } from '#domain/errors.ts';

const run = promisify(execFile);
const TIMEOUT_MS = 300_000;
/** How `du` fails where only some files couldn't be read: with a total. */
const Failed = z.object({ code: z.literal(1), stdout: z.string().regex(/^\d+\t/) });
/** So that programs of users come first. */
const NICE = ['nice', '-n', '19'];

/** In bytes. Files that can't be read or disappear meanwhile don't count. */
export async function diskUse(folder: string): Promise<number> {
  const options = { timeout: TIMEOUT_MS, encoding: 'utf8' } as const;
  const command = [...NICE, 'du', '--summarize', '--one-file-system', '--block-size=1', '--', folder];
  // Exit code 1: a file disappeared; the total is printed all the same.
  try {
    return total((await run('/usr/bin/env', command, options)).stdout);
  } catch (cause) {
    const said = Failed.safeParse(cause).data;
    if (said) return total(said.stdout);
    throw new DeskpodError('internal_error', `The folder ${folder} couldn’t be measured.`, { cause });
  }
}

function total(said: string): number {
  return Number(said.slice(0, said.indexOf('\t')));
}
