/**
 * Which files of a folder are new and complete, from one listing to the next. Programs write in two ways: under another name,
 * which they change at the end, or in place. So names of unfinished files are left out, and a new file has to be the same in
 * two listings. Pure.
 */
import type { Entry } from '../files/entry.ts';
import { hashOf } from '../files/hash.ts';
import { isHidden } from '../files/names.ts';

/** What is remembered of a folder between two listings. */
export interface Seen {
  /** Hashes of the names of files that aren't new any more; null before the first listing. */
  readonly known: ReadonlySet<string> | null;
  /** New files that aren't complete yet, or were listed only once; by name. */
  readonly waiting: ReadonlyMap<string, Waiting>;
  /** The known files of the last listing. */
  readonly files: readonly Entry[];
}

interface Waiting {
  readonly size: number;
  readonly modified: number | null;
  /** In how many further listings it was the same. */
  readonly same: number;
}

export const NOTHING_SEEN: Seen = { known: null, waiting: new Map(), files: [] };

/** Of one folder. In one with more, no file is taken for new. */
export const MOST_FILES = 5_000;
/** An empty file is looked at again in this many listings, even if its folder doesn't change. */
const MOST_SAME = 30;

/** Names that browsers, download managers and editors give to files that they haven't completed. */
const UNFINISHED =
  /\.(?:part(?:-frag\d+)?|crdownload|opdownload|wkdownload|partial|filepart|aria2|ytdl|tmp|temp|swp)$|~$/i;
/** Some write in place, with such a file beside it. */
const BESIDE = ['.part', '.aria2', '.crdownload', '.ytdl'];

export interface Look {
  readonly seen: Seen;
  /** New since the last listing, and complete. Each is reported once, as long as it stays. */
  readonly complete: readonly Entry[];
}

/** All files of the first listing are known, except empty ones: they may be about to be written. */
export function look(before: Seen, entries: readonly Entry[], isOwn: (path: string) => boolean): Look {
  if (entries.length > MOST_FILES) return { seen: NOTHING_SEEN, complete: [] };
  const names = new Set(entries.map(({ name }) => name));
  const gone = before.files.filter(({ name }) => !names.has(name));
  const isRenamed = ({ size, modified }: Entry): boolean =>
    modified !== null && gone.some((other) => other.size === size && other.modified === modified);
  const isKnown = (file: Entry, hash: string): boolean => {
    if (isOwn(file.path)) return true;
    return before.known === null ? file.size > 0 : before.known.has(hash) || isRenamed(file);
  };
  const known = new Set<string>();
  const waiting = new Map<string, Waiting>();
  const files: Entry[] = [];
  const complete: Entry[] = [];
  for (const file of entries.filter(isFinished(names))) {
    const hash = hashOf(file.name);
    const isOld = isKnown(file, hash);
    const next = waitingOf(file, before.waiting.get(file.name));
    if (!isOld && (file.size === 0 || next.same === 0)) {
      waiting.set(file.name, next);
      continue;
    }
    known.add(hash);
    files.push(file);
    if (!isOld) complete.push(file);
  }
  return { seen: { known, waiting, files }, complete };
}

/** Whether a file is worth another listing, even if its folder doesn't change. */
export function isUnsettled({ waiting }: Seen): boolean {
  return [...waiting.values()].some(({ same }) => same < MOST_SAME);
}

function isFinished(names: ReadonlySet<string>): (entry: Entry) => boolean {
  return ({ name, folder }) =>
    !folder && !isHidden(name) && !UNFINISHED.test(name) && !BESIDE.some((ending) => names.has(name + ending));
}

function waitingOf({ size, modified }: Entry, before: Waiting | undefined): Waiting {
  const isSame = before?.size === size && before.modified === modified;
  return { size, modified, same: isSame ? before.same + 1 : 0 };
}
