/**
 * Whether the entries of a folder may have changed, by its time of modification. That has a resolution of a second, so a time
 * is trusted only once the folder has been listed with it twice. Pure.
 */

export interface FolderTime {
  /** Milliseconds since 1970; null if the server doesn't say. */
  readonly modified: number | null;
  /** How many times it has been listed since it has this time. */
  readonly listed: number;
}

export const NEVER_LISTED: FolderTime = { modified: null, listed: 0 };

/** Listings are further apart than a second. */
const ENOUGH = 2;

export function mayHaveChanged({ modified, listed }: FolderTime, now: number | null): boolean {
  return now === null || now !== modified || listed < ENOUGH;
}

export function listedAt(before: FolderTime, modified: number | null): FolderTime {
  return { modified, listed: before.modified === modified ? before.listed + 1 : 1 };
}
