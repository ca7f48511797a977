/** Which profiles this engine can carry out at all: there is no policy here but what the machine itself withholds. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { DebugProfile } from '#protocol/debug.ts';
import type { Context } from '../context.ts';

const Info = z.looseObject({ SecurityOptions: z.array(z.string()).nullish() });

export async function admitted(context: Context): Promise<ReadonlyMap<DebugProfile, string | null>> {
  const refusal = context.around.flavour === 'docker' ? await privilegedRefusal(context) : null;
  return new Map(DebugProfile.options.map((profile) => [profile, profile === 'sysadmin' ? refusal : null]));
}

/** Docker grants every capability there is or none at all; Podman grants those that this machine has. */
async function privilegedRefusal(context: Context): Promise<string | null> {
  const { SecurityOptions } = await context.api.json(Info, 'GET', '/info');
  // In its own user namespace it has them all, whatever they are worth.
  if (SecurityOptions?.some((option) => option.includes('name=rootless'))) return null;
  const [status, last] = await Promise.all([
    readFile('/proc/self/status', 'utf8'),
    readFile('/proc/sys/kernel/cap_last_cap', 'utf8'),
  ]);
  return withholds(status, Number(last))
    ? 'Docker cannot make a privileged container here: this machine withholds some capabilities from all programs.'
    : null;
}

/** Whether a process with this `/proc/<pid>/status` may not have all capabilities up to the kernel's last. */
export function withholds(status: string, last: number): boolean {
  const bounding = /^CapBnd:\s*([0-9a-f]+)$/m.exec(status)?.[1];
  const all = (1n << BigInt(last + 1)) - 1n;
  return bounding !== undefined && (BigInt(`0x${bounding}`) & all) !== all;
}
