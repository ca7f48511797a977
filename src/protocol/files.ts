/** Files of the home folder: what a page may do with them under `/files/`, and until when. */
import { z } from 'zod';

/** Whether files may go this way, and how large one may be, in bytes; null if there is no limit. */
export const TransferRight = z.object({ allowed: z.boolean(), maxBytes: z.int().nonnegative().nullable() });
export type TransferRight = z.infer<typeof TransferRight>;

/** The reply to `POST /desktop/files`, which also sets the cookie that admits to `/files/`. */
export const FilesSession = z.object({
  /** Until then the cookie is valid. */
  expiresAt: z.iso.datetime(),
  /** The path of the home folder in the desktop. */
  home: z.string().startsWith('/'),
  upload: TransferRight,
  download: TransferRight,
  /** Use and limit of the home folder; null if it has no limit or isn't measured. */
  space: z.object({ usedBytes: z.int().nonnegative(), limitBytes: z.int().positive() }).nullable(),
});
export type FilesSession = z.infer<typeof FilesSession>;

/** Files and folders of one archive, as they are selected. */
export const MOST_ARCHIVED = 10_000;

/** The answer to `GET /files/?find=WORDS`: what programs used last comes first, then the best matches by name. */
export const FoundFiles = z.object({
  files: z.array(
    z.object({
      /** Relative to the home folder. */
      path: z.string().min(1),
      folder: z.boolean(),
      /** Bytes; 0 for folders. */
      size: z.int().nonnegative(),
      /** Milliseconds since 1970; 0 if it isn't known. */
      modified: z.number(),
      /** When a program used it last, as above; 0 if none did. */
      used: z.number(),
    }),
  ),
  /** False if there are more, or the home folder has more than are searched. */
  complete: z.boolean(),
});
export type FoundFiles = z.infer<typeof FoundFiles>;

/** The home folder over HTTP: a subset of WebDAV. */
export const FILES_PATH = '/files/';

/** The name of an upload that isn't complete. Only such files take parts (`Content-Range`). */
export const PART_NAME = /^\.deskpod-[0-9a-f]+\.part$/;
