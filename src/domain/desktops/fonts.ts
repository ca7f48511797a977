/** Fonts that the images of desktops and graphical apps have on request only, as they are large. */
import { z } from 'zod';

export const FontSet = z.enum(['cjk', 'arabic', 'emoji']);
export type FontSet = z.infer<typeof FontSet>;

const PACKAGES: Readonly<Record<FontSet, string>> = {
  cjk: 'fonts-noto-cjk',
  // Has Arabic among its scripts.
  arabic: 'fonts-noto-core',
  emoji: 'fonts-noto-color-emoji',
};

/** The Debian packages, always in the same order. */
export function packagesOf(sets: readonly FontSet[]): readonly string[] {
  return [...new Set(sets.map((set) => PACKAGES[set]))].toSorted();
}
