/** Names, sizes and times of files as they are shown. */
import { shownPath, sizeOf } from '../desktop/home-model.ts';
import { shortDate } from '../ui/format.ts';
import { t } from '../ui/strings/catalogue.ts';
import type { Entry } from './entry.ts';
import { HOME, nameOf } from './paths.ts';

export const shownName = (name: string): string => shownPath(name);

/** Empty for folders, whose size nobody knows. */
export const shownSize = ({ folder, size }: Entry): string => (folder ? '' : sizeOf(size));

export const shownTime = ({ modified }: Entry): string =>
  modified === null ? '' : shortDate(new Date(modified).toISOString(), new Date());

/** The usual folders of a home have names in every language; on disk, too, they are as they are. */
export function folderTitle(path: string): string {
  if (path === HOME) return t.files.home;
  const usual: Readonly<Record<string, string>> = t.files.folders;
  return (Object.hasOwn(usual, path) ? usual[path] : undefined) ?? shownName(nameOf(path));
}
