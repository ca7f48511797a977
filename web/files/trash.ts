/** Moves files to the trash of the home folder, and back. */
import { ignore } from '#protocol/ignore.ts';
import { session } from '../state/store.ts';
import { createFile, createFolders, findEntry, listFolder, readText, removeForGood, transfer } from './dav.ts';
import type { Listing } from './multistatus.ts';
import { numberedName } from './names.ts';
import { ancestors, folderOf, joined, nameOf } from './paths.ts';
import {
  formatTrashInfo,
  infoPath,
  MAX_INFO_BYTES,
  parseTrashInfo,
  TRASH_FILES,
  TRASH_INFO,
  trashedPath,
  type TrashInfo,
} from './trash-info.ts';
import { ApiError } from '#client/errors.ts';

const MOST_NAMES = 1_000;
/** Descriptions that are read; further files are shown without their place. */
const MOST_INFOS = 2_000;
const READ_AT_ONCE = 6;

export interface Trashed {
  /** In the trash. */
  readonly name: string;
  /** Where it was. */
  readonly path: string;
}

/** Where the files of the trash were, and since when, by their name in the trash. */
const infos = new Map<string, TrashInfo>();

export const infoOf = (name: string): TrashInfo | null => infos.get(name) ?? null;

/** The description comes first, as the specification demands: its name reserves that of the file. */
export async function moveToTrash(path: string): Promise<Trashed> {
  await createFolders([...ancestors(TRASH_FILES), TRASH_INFO]);
  const text = formatTrashInfo(`/home/${session.value?.user.id ?? ''}`, path, new Date());
  for (let count = 1; count < MOST_NAMES; count += 1) {
    const name = count === 1 ? nameOf(path) : numberedName(nameOf(path), count);
    if (!(await createFile(infoPath(name), text))) continue;
    try {
      if (await transfer('MOVE', path, trashedPath(name), false)) return { name, path };
    } catch (error) {
      await removeForGood(infoPath(name)).catch(ignore('an own description without a file is harmless'));
      throw error;
    }
    await removeForGood(infoPath(name)).catch(ignore('it is that of a file which has no other'));
  }
  throw new Error(`The trash has too many files of the name ${nameOf(path)}.`);
}

/** To where it was; beside what has taken its name since then. Resolves to the path. */
export async function restoreFromTrash({ name, path }: Trashed): Promise<string> {
  await createFolders(ancestors(folderOf(path)));
  for (let count = 1; count < MOST_NAMES; count += 1) {
    const target = count === 1 ? path : numbered(path, count);
    if (!(await transfer('MOVE', trashedPath(name), target, false))) continue;
    await removeForGood(infoPath(name));
    return target;
  }
  throw new Error(`${folderOf(path)} has too many files of the name ${nameOf(path)}.`);
}

export async function removeFromTrash(name: string): Promise<void> {
  await removeForGood(trashedPath(name));
  await removeForGood(infoPath(name));
}

/** Entries as they were named, with the time at which they were deleted. */
export async function listTrash(signal: AbortSignal): Promise<Listing> {
  if ((await findEntry(TRASH_FILES, signal)) === null) return { entries: [], cut: false };
  const { entries, cut } = await listFolder(TRASH_FILES, signal);
  const names = entries.map(({ name }) => name);
  for (const known of infos.keys()) if (!names.includes(known)) infos.delete(known);
  const unread = names.filter((name) => !infos.has(name)).slice(0, MOST_INFOS);
  const read = async (): Promise<void> => {
    for (let name = unread.pop(); name !== undefined; name = unread.pop()) {
      const info = parseTrashInfo(await readText(infoPath(name), MAX_INFO_BYTES, signal).catch(missing));
      if (info) infos.set(name, info);
    }
  };
  await Promise.all(Array.from({ length: READ_AT_ONCE }, read));
  return {
    entries: entries.map((entry) => {
      const info = infoOf(entry.name);
      return info ? { ...entry, name: nameOf(info.path), modified: info.deleted ?? entry.modified } : entry;
    }),
    cut,
  };
}

function missing(error: unknown): string {
  if (error instanceof ApiError && error.status === 404) return '';
  throw error;
}

function numbered(path: string, count: number): string {
  const folder = folderOf(path);
  const name = numberedName(nameOf(path), count);
  return joined(folder, name);
}
