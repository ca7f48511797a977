/**
 * Paths of files, relative to the home folder: names joined by `/`, neither decoded nor resolved twice; `''` is the home
 * folder itself. Pure.
 */
import { FILES_PATH } from '#protocol/files.ts';

export const HOME = '';

export function joined(folder: string, name: string): string {
  return folder === HOME ? name : `${folder}/${name}`;
}

/** The folder of a file; that of the home folder is the home folder. */
export function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Whether `path` is `folder` or lies somewhere below it. */
export function isWithin(path: string, folder: string): boolean {
  return folder === HOME || path === folder || path.startsWith(`${folder}/`);
}

/** The names from the home folder down. */
export function namesOf(path: string): readonly string[] {
  return path === HOME ? [] : path.split('/');
}

/** As in the request line: `/files/My%20files/a%23b`. */
export function encoded(path: string): string {
  return `${FILES_PATH}${namesOf(path).map(encodeURIComponent).join('/')}`;
}

/** Each folder on the way to `path`, outermost first, without the home folder. */
export function ancestors(path: string): readonly string[] {
  const names = namesOf(path);
  return names.map((_, at) => names.slice(0, at + 1).join('/'));
}
