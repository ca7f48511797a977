/**
 * What is kept with a toolbox, in an annotation of its pod, so that every server knows: whose it is and what it looks
 * into.
 */
import { z } from 'zod';
import { DebugProfile } from '#protocol/debug.ts';
import type { EntryManager } from '../entries.ts';
import type { Pod } from '../pod.ts';

/** One annotation each: two servers never overwrite each other's. */
const TOOLBOX = 'toolbox.deskpod/';

const Note = z.object({
  by: z.string(),
  target: z.object({
    desktopId: z.string(),
    launchId: z.string().exactOptional(),
    container: z.string().exactOptional(),
  }),
  profile: DebugProfile,
  special: z.boolean(),
});
export type Note = z.infer<typeof Note>;

export function noteOf({ metadata }: Pod, name: string): Note | null {
  const text = metadata.annotations?.[`${TOOLBOX}${name}`];
  return text === undefined ? null : (Note.safeParse(parseJson(text)).data ?? null);
}

/** The change to a pod's metadata that notes it, or with null takes the note back. */
export function noting(name: string, note: Note | null): object {
  return { metadata: { annotations: { [`${TOOLBOX}${name}`]: note && JSON.stringify(note) } } };
}

/** Its note comes a moment after it, or never when the server ends in between; who put it there is known from the first. */
export function isOurs(pod: Pod, name: string): boolean {
  const ours: EntryManager = 'deskpod-toolbox';
  return noteOf(pod, name) !== null || addedBy(pod, name)?.manager === ours;
}

const Fields = z.looseObject({
  'f:spec': z.looseObject({ 'f:ephemeralContainers': z.record(z.string(), z.unknown()) }),
});

/** Which program put it on the list, as the cluster noted it: for kubectl that is `kubectl` or `kubectl-debug`. */
export function addedBy({ metadata }: Pod, name: string): { manager: string; time: Date | null } | null {
  const key = `k:{"name":${JSON.stringify(name)}}`;
  for (const { manager, time, subresource, fieldsV1 } of metadata.managedFields ?? []) {
    if (subresource !== 'ephemeralcontainers') continue;
    const fields = Fields.safeParse(fieldsV1).data?.['f:spec']['f:ephemeralContainers'];
    if (manager && fields && key in fields) return { manager, time: time ?? null };
  }
  return null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
