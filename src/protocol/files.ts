/** Files of a desktop's home folder, at `/files/` with a ticket that is a cookie. */
import { z } from 'zod';

export const TransferLimit = z.object({
  allowed: z.boolean(),
  /** Of one file, or of all files of an archive together; null: no limit. */
  maxBytes: z.int().nonnegative().nullable(),
});
export type TransferLimit = z.infer<typeof TransferLimit>;

/** What the ticket allows, which the response sets as a cookie. */
export const FilesSession = z.object({
  /** Request another one before. */
  expiresAt: z.iso.datetime(),
  upload: TransferLimit,
  download: TransferLimit,
  /** Of the home folder; null if it isn't measured. */
  space: z.object({ usedBytes: z.int().nonnegative(), limitBytes: z.int().positive() }).nullable(),
});
export type FilesSession = z.infer<typeof FilesSession>;
