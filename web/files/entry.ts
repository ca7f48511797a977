/** One file or folder, and how lists of them are filtered and sorted. Pure. */
import { isHidden } from './names.ts';

export interface Entry {
  /** Relative to the home folder. */
  readonly path: string;
  readonly name: string;
  readonly folder: boolean;
  /** Bytes; 0 for folders. */
  readonly size: number;
  /** Milliseconds since 1970; null if the server doesn't say. */
  readonly modified: number | null;
  /** The media type without parameters, in lower case; `''` if unknown. */
  readonly type: string;
}

/** What is done with copied or cut files, as methods of WebDAV. */
export type Transfer = 'MOVE' | 'COPY';

export type SortKey = 'name' | 'size' | 'modified' | 'type';

export interface Sorting {
  readonly by: SortKey;
  readonly down: boolean;
}

export interface Shown extends Sorting {
  /** Names that begin with a dot, too. */
  readonly hidden: boolean;
  /** A part of the name, regardless of case and accents. */
  readonly filter: string;
}

/** Folders come first. Names are compared as people do: `file 10` after `file 9`. */
export function shownEntries(entries: readonly Entry[], shown: Shown, locale: string): readonly Entry[] {
  const asked = folded(shown.filter).trim();
  const kept = entries.filter(
    ({ name }) => (shown.hidden || !isHidden(name)) && (asked === '' || folded(name).includes(asked)),
  );
  const { compare } = new Intl.Collator(locale, { numeric: true, sensitivity: 'base' });
  const byName = (a: Entry, b: Entry): number => compare(a.name, b.name) || (a.name < b.name ? -1 : 1);
  const turn = shown.down ? -1 : 1;
  const of = ORDERS[shown.by];
  return kept.sort((a, b) => {
    if (a.folder !== b.folder) return a.folder ? -1 : 1;
    const order = of === null ? byName(a, b) : of(a, b);
    return order === 0 ? byName(a, b) : turn * order;
  });
}

const ORDERS: Readonly<Record<SortKey, ((a: Entry, b: Entry) => number) | null>> = {
  name: null,
  size: (a, b) => a.size - b.size,
  modified: (a, b) => (a.modified ?? 0) - (b.modified ?? 0),
  type: (a, b) => (a.type === b.type ? 0 : a.type < b.type ? -1 : 1),
};

/** The first click on a column: names from A, sizes and times from the largest. */
export function sortedBy(now: Sorting, by: SortKey): Sorting {
  if (now.by === by) return { by, down: !now.down };
  return { by, down: by === 'size' || by === 'modified' };
}

export function folded(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}
