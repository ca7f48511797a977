/**
 * The trash of the home folder, as every desktop program knows it: freedesktop.org Trash Specification 1.0. Each file in
 * `files` has a description of the same name in `info`. Pure.
 */
import { joined, namesOf } from './paths.ts';

export const TRASH = '.local/share/Trash';
export const TRASH_FILES = `${TRASH}/files`;
export const TRASH_INFO = `${TRASH}/info`;
const ENDING = '.trashinfo';
/** A description is a few lines; more isn't read. */
export const MAX_INFO_BYTES = 16 * 1024;

export const infoPath = (name: string): string => joined(TRASH_INFO, `${name}${ENDING}`);
export const trashedPath = (name: string): string => joined(TRASH_FILES, name);

export interface TrashInfo {
  /** Relative to the home folder: where it was. */
  readonly path: string;
  /** Milliseconds since 1970; null if unreadable. */
  readonly deleted: number | null;
}

/** Paths in the trash of the home folder are absolute there, so `home` is (`/home/leela`). */
export function formatTrashInfo(home: string, path: string, at: Date): string {
  const where = [...home.split('/').slice(1), ...namesOf(path)].map(encodeURIComponent).join('/');
  return `[Trash Info]\nPath=/${where}\nDeletionDate=${localTime(at)}\n`;
}

/** Null if it isn't a description, or tells of a place outside the home folder. */
export function parseTrashInfo(text: string): TrashInfo | null {
  const lines = text.split(/\r?\n/);
  if (lines[0]?.trim() !== '[Trash Info]') return null;
  const valueOf = (key: string) => lines.find((line) => line.startsWith(`${key}=`))?.slice(key.length + 1);
  const path = decoded(valueOf('Path') ?? '');
  const inside = path === null ? null : /^\/home\/[^/]+\/(.+)$/s.exec(path)?.[1];
  if (!inside || namesOf(inside).some((name) => name === '' || name === '.' || name === '..' || name.includes('\0')))
    return null;
  const at = Date.parse(valueOf('DeletionDate') ?? '');
  return { path: inside, deleted: Number.isNaN(at) ? null : at };
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return null;
    throw error;
  }
}

/** The specification wants the user's local time, without a zone. */
function localTime(at: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const date = [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())].join('-');
  return `${date}T${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}
