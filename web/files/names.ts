/** Names of files: what can't be one, and a free one beside others. Pure. */
import { PART_NAME } from '#protocol/files.ts';

/** Of ext4, XFS and most others, for one name in UTF-8. */
export const MAX_NAME_BYTES = 255;

export type NameProblem = 'empty' | 'slash' | 'control' | 'dots' | 'long' | 'reserved';

const utf8 = new TextEncoder();

/** What is wrong with a name, or null. Names are normalised first (`normalName`). */
export function nameProblem(name: string): NameProblem | null {
  if (name.trim() === '') return 'empty';
  if (name.includes('/')) return 'slash';
  // NUL ends a name in C; the others can't be seen, or reorder what is.
  if (/[\p{Cc}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]/u.test(name) || !name.isWellFormed()) return 'control';
  if (name === '.' || name === '..') return 'dots';
  if (utf8.encode(name).length > MAX_NAME_BYTES) return 'long';
  return PART_NAME.test(name) ? 'reserved' : null;
}

/** One form for letters with accents: macOS sends them in two parts. */
export function normalName(name: string): string {
  return name.normalize('NFC');
}

/** `archive.tar.gz` is `archive` and `.tar.gz`; `.bashrc` has no ending. */
export function splitName(name: string): readonly [stem: string, ending: string] {
  const found = /^(.+?)((?:\.tar)?\.[\p{L}\p{N}]{1,12})$/u.exec(name);
  return [found?.[1] ?? name, found?.[2] ?? ''];
}

/** The `count`-th name for another file of this name: `photo (2).jpg`. The stem is shortened if need be. */
export function numberedName(name: string, count: number): string {
  const [stem, ending] = splitName(name);
  const plain = stem.replace(/ \(\d{1,6}\)$/, '');
  const suffix = ` (${count})${ending}`;
  let kept = plain;
  while (kept.length > 1 && utf8.encode(kept + suffix).length > MAX_NAME_BYTES)
    kept = Array.from(kept).slice(0, -1).join('');
  return kept + suffix;
}

export const isHidden = (name: string): boolean => name.startsWith('.');
export const isPart = (name: string): boolean => PART_NAME.test(name);
