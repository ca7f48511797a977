/**
 * What is kept with a toolbox, in an annotation of its pod, so that every server knows: whose it is and what it looks
 * into. An ephemeral container that has none and is no launch was put there by others.
 */
import { z } from 'zod';
import { DebugProfile } from '#protocol/debug.ts';
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

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
