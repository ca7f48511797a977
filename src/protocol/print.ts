/** What apps print: PDF files in the folder `PDF` of the user's home, which the browser prints on paper. */
import { z } from 'zod';

/** The largest PDF file that the server passes on, in bytes. */
export const MAX_PRINT_BYTES = 512 * 1024 * 1024;
/** The list has the prints that were made last. */
export const MOST_PRINTS = 200;

/** The name of a PDF file, without a folder. Apps choose it, so it is text from somewhere else. */
export const PrintName = z
  .string()
  .max(255)
  .regex(/^[^./\p{Cc}][^/\p{Cc}]*\.pdf$/iu, 'is not the name of a PDF file');

export const Print = z.object({
  name: PrintName,
  bytes: z.int().nonnegative(),
  changedAt: z.iso.datetime(),
});
export type Print = z.infer<typeof Print>;

export const ListedPrint = Print.extend({
  /** No page of the user has shown it yet. */
  new: z.boolean(),
});
export type ListedPrint = z.infer<typeof ListedPrint>;

export const Prints = z.object({
  /** Newest first; at most {@link MOST_PRINTS}. */
  prints: z.array(ListedPrint),
  /** Of all prints. */
  count: z.int().nonnegative(),
});
export type Prints = z.infer<typeof Prints>;

/** What a page has shown, so that no page shows it as new again. */
export const ShownPrint = Print.pick({ name: true, changedAt: true });
export type ShownPrint = z.infer<typeof ShownPrint>;
