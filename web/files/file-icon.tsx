/** The icon of a file by its kind, or a small picture of its content. */
import { File, FileArchive, FileText, Film, Folder, Image, Music, NotebookText } from 'lucide';
import { useState } from 'preact/hooks';
import { Icon } from '../ui/icon.tsx';
import { fileUrl } from './dav.ts';
import type { Entry } from './entry.ts';
import { isSvg, kindOf, previewOf } from './kinds.ts';

const ICONS = {
  folder: Folder,
  picture: Image,
  video: Film,
  audio: Music,
  pdf: NotebookText,
  text: FileText,
  archive: FileArchive,
  other: File,
};
/** Larger pictures would take longer to load than they are seen. */
const MAX_THUMBNAIL_BYTES = 3 * 1024 * 1024;

/** For `img`: the server sends SVG only as an attachment, which an `img` shows as well. */
export function pictureUrl(entry: Entry): string {
  return fileUrl(entry.path, isSvg(entry) ? '' : `?inline&at=${entry.modified ?? 0}`);
}

export function FileIcon({ entry, size, picture = false }: { entry: Entry; size: number; picture?: boolean }) {
  const [broken, setBroken] = useState<string | null>(null);
  const kind = kindOf(entry);
  const shown = picture && previewOf(entry) === 'picture' && entry.size <= MAX_THUMBNAIL_BYTES && broken !== entry.path;
  if (shown)
    return (
      <img
        class="file-thumb"
        src={pictureUrl(entry)}
        alt=""
        loading="lazy"
        decoding="async"
        draggable={false}
        onError={() => setBroken(entry.path)}
      />
    );
  return (
    <span class="file-icon" data-kind={kind}>
      <Icon of={ICONS[kind]} size={size} />
    </span>
  );
}
