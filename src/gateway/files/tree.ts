/** The files of a selection, as they are named in an archive. */
import { DeskpodError } from '#domain/errors.ts';
import type { Exchange } from './exchange.ts';
import { failureOf } from './failures.ts';
import type { Entry } from './listing.ts';
import { encodedPath, type FilePath, isPart, parentOf, shownPath } from './paths.ts';
import { listingAt } from './stat.ts';

const DEEPEST = 64;
const MOST_ENTRIES = 100_000;
/** Of one folder: of more, the folder is asked once. */
const MOST_ASKED = 20;

export interface Member {
  /** Percent-encoded. */
  readonly href: string;
  /** In the archive; a folder's ends with a slash. */
  readonly name: string;
  readonly isFolder: boolean;
  readonly bytes: number;
  readonly changedAt: Date;
}

type Asks = Pick<Exchange, 'service' | 'signal'>;

/** Uploads that haven't finished are left out; links to folders aren't followed. */
export async function membersOf(exchange: Asks, paths: readonly FilePath[]): Promise<Member[]> {
  const base = commonFolder(paths).length;
  const members: Member[] = [];
  const add = ({ isFolder, ...entry }: Entry, names: FilePath): void => {
    if (members.length >= MOST_ENTRIES)
      throw new DeskpodError('payload_too_large', `An archive has at most ${MOST_ENTRIES} files and folders.`);
    members.push({ ...entry, isFolder, name: names.join('/') + (isFolder ? '/' : '') });
  };
  const walk = async (href: string, names: FilePath, depth: number, shown: string): Promise<void> => {
    if (depth > DEEPEST)
      throw new DeskpodError('payload_too_large', `An archive has at most ${DEEPEST} folders in each other.`);
    const listing = await listingAt(exchange, href, '1', shown);
    // Removed meanwhile, unless it was asked for.
    if (listing === null && depth > 0) return;
    if (listing === null) throw failureOf(404, shown);
    if (names.length > 0) add(listing.self, names);
    for (const child of listing.children) {
      if (isPart([child.name])) continue;
      const inside = [...names, child.name];
      if (child.isFolder) await walk(child.href, inside, depth + 1, shown);
      else add(child, inside);
    }
  };
  for (const group of Map.groupBy(outermost(paths), (path) => shownPath(parentOf(path))).values()) {
    const known = group.length > MOST_ASKED ? await childrenOf(exchange, group) : null;
    for (const path of group) {
      const [shown, names, child] = [shownPath(path), path.slice(base), known?.get(path.at(-1) ?? '')];
      if (known !== null && child === undefined) throw failureOf(404, shown);
      if (child === undefined || child.isFolder) await walk(encodedPath(path, 'file'), names, 0, shown);
      else add(child, names);
    }
  }
  return members;
}

/** Of the folder that all these paths are in, by name. */
async function childrenOf(exchange: Asks, [path = []]: readonly FilePath[]): Promise<ReadonlyMap<string, Entry>> {
  const folder = parentOf(path);
  const listing = await listingAt(exchange, encodedPath(folder, 'folder'), '1', shownPath(folder));
  return new Map(listing?.children.map((child) => [child.name, child]));
}

/** The folder that all of them are in. */
export function commonFolder(paths: readonly FilePath[]): FilePath {
  const [first = [], ...others] = paths.map(parentOf);
  const shared = first.findIndex((name, index) => others.some((other) => other[index] !== name));
  return shared < 0 ? first : first.slice(0, shared);
}

/** Without those that are in a folder of the selection. */
function outermost(paths: readonly FilePath[]): FilePath[] {
  const unique = new Map(paths.map((path) => [shownPath(path), path]));
  return [...unique.values()].filter((path) => !path.some((_, length) => unique.has(shownPath(path.slice(0, length)))));
}
