/** The files in the home folder of a desktop. */
import { z } from 'zod';

export const HomeFile = z.object({
  /** Relative to the home folder. Invalid UTF-8 is replaced. */
  path: z.string(),
  bytes: z.int().nonnegative(),
  changedAt: z.iso.datetime(),
});
export type HomeFile = z.infer<typeof HomeFile>;

export const HomeFiles = z.object({
  /** The files changed last, newest first; at most 200. */
  files: z.array(HomeFile),
  /** Of all files. */
  count: z.int().nonnegative(),
  bytes: z.int().nonnegative(),
  /** False if folders couldn't be read in time or at all, so that there may be more. */
  complete: z.boolean(),
  /** Folders that are excluded from the count and the archive. */
  leftOut: z.array(z.string()),
});
export type HomeFiles = z.infer<typeof HomeFiles>;
