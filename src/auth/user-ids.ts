/** Ids for people of any name: readable, in the letters that names of objects in a cluster may have. */
import { createHash } from 'node:crypto';
import anyAscii from 'any-ascii';

export const LONGEST_ID = 32;
/** Of `-2` and on, for names that are written alike. */
const MOST_ALIKE = 99;

/** `zoe-bucher`, `li-xiao-long`; of a name without letters and digits a digest: `user-3f2a`. The same name gets the same id. */
export function userIdOf(name: string): string {
  const letters = name.normalize('NFC').replace(/[^\p{L}\p{M}\p{N}]+/gu, ' ');
  // Every character of Chinese is a syllable.
  const apart = letters.replace(/\p{Script=Han}/gu, ' $& ');
  const words = anyAscii(apart)
    .toLowerCase()
    .split(/\s+/)
    .map((word) => word.replace(/[^a-z0-9]/g, ''))
    .filter((word) => word !== '');
  const id = cut(words.join('-'), LONGEST_ID);
  if (id === '') return `user-${createHash('sha256').update(name).digest('hex').slice(0, 4)}`;
  return /^[a-z]/.test(id) ? id : cut(`user-${id}`, LONGEST_ID);
}

/** The id of the name, or with a number behind it the first one that is free; null when too many are alike. */
export function freeUserId(name: string, isTaken: (id: string) => boolean): string | null {
  const id = userIdOf(name);
  if (!isTaken(id)) return id;
  for (let number = 2; number <= MOST_ALIKE; number += 1) {
    const next = `${cut(id, LONGEST_ID - 3)}-${number}`;
    if (!isTaken(next)) return next;
  }
  return null;
}

function cut(id: string, most: number): string {
  return id.slice(0, most).replace(/-+$/, '');
}
