/**
 * The clipboard between a desktop and its user's pages, beyond the text that RFB carries: one copied thing has several
 * forms, each with a media type. `clipboard-body.ts` has the body of the request that writes them.
 */
import { z } from 'zod';

/** Of `/api/v1`. `GET` with `/ID?type=` reads a form; `PUT` writes all forms of one thing. */
export const CLIPBOARD_PATH = '/desktop/clipboard';

export const ClipboardType = z.enum([
  'text/plain',
  'text/html',
  'image/png',
  'text/uri-list',
  /** Files that a file manager copied or cut: `copy` or `cut`, then a URI in each line. */
  'x-special/gnome-copied-files',
]);
export type ClipboardType = z.infer<typeof ClipboardType>;

/** Of all forms of one thing together. `clipboard.maxBytes` can only be smaller. */
export const MAX_COPIED_BYTES = 8 * 1024 * 1024;

/** What the installation allows; the server enforces it. */
export const ClipboardRights = z.object({
  /** From the user's computer to the desktop. */
  in: z.boolean(),
  /** From the desktop to the user's computer. */
  out: z.boolean(),
  types: z.array(ClipboardType),
  /** Of all forms together. */
  maxBytes: z.int().positive().max(MAX_COPIED_BYTES),
  /** Whether pages may keep what was copied, until they are closed. */
  history: z.boolean(),
  /** Text in each direction goes over the screen's connection (RFB); otherwise it is a form like the others. */
  textByScreen: z.boolean(),
});
export type ClipboardRights = z.infer<typeof ClipboardRights>;

/** What was copied last in the desktop. Its forms are only read when they are requested. */
export const ClipboardOffer = z.object({
  id: z.string().max(64),
  types: z.array(ClipboardType),
  /** The page that wrote it, if it came from one. */
  from: z.string().max(64).nullable(),
  /** Copied while the server followed this desktop; otherwise nobody knows when. */
  fresh: z.boolean(),
});
export type ClipboardOffer = z.infer<typeof ClipboardOffer>;

/** One form of a copied thing. */
export interface ClipboardForm<Data extends Uint8Array = Uint8Array> {
  readonly type: ClipboardType;
  /** UTF-8, except for `image/png`. */
  readonly data: Data;
}

export function formsBytes(forms: readonly ClipboardForm[]): number {
  return forms.reduce((sum, { data }) => sum + data.length, 0);
}
