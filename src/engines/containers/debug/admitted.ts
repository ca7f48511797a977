/** Which profiles this engine supports: only the machine itself restricts them. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { DebugProfile } from '#protocol/debug.ts';
import type { Context } from '../context.ts';

const Info = z.looseObject({ SecurityOptions: z.array(z.string()).nullish() });

export async function admitted(context: Context): Promise<ReadonlyMap<DebugProfile, string | null>> {
  const refusal = context.settings.flavour === 'docker' ? await privilegedRefusal(context) : null;
  return new Map(DebugProfile.options.map((profile) => [profile, profile === 'sysadmin' ? refusal : null]));
}

/** Docker grants all capabilities or fails; Podman grants those that this machine has. */
async function privilegedRefusal(context: Context): Promise<string | null> {
  const { SecurityOptions } = await context.api.json(Info, 'GET', '/info');
  // In its own user namespace it has all of them.
  if (SecurityOptions?.some((option) => option.includes('name=rootless'))) return null;
  const [status, last] = await Promise.all([
    readFile('/proc/self/status', 'utf8'),
    readFile('/proc/sys/kernel/cap_last_cap', 'utf8'),
  ]);
  return withholds(status, Number(last))
    ? 'Docker cannot run a privileged container here: no program of this machine can have all capabilities.'
    : null;
}

/** Whether a process with this `/proc/<pid>/status` cannot have all capabilities of the kernel. */
export function withholds(status: string, last: number): boolean {
  const bounding = /^CapBnd:\s*([0-9a-f]+)$/m.exec(status)?.[1];
  const all = (1n << BigInt(last + 1)) - 1n;
  return bounding !== undefined && (BigInt(`0x${bounding}`) & all) !== all;
}
