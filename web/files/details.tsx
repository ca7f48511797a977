/** What is known about the selected file, with a small preview. */
import { FactList } from '../ui/fact-list.tsx';
import { dateTime } from '../ui/format.ts';
import { t } from '../ui/strings/catalogue.ts';
import { sizeOf } from '../desktop/home-model.ts';
import type { Entry } from './entry.ts';
import { folderTitle, shownName } from './file-facts.ts';
import { FileIcon } from './file-icon.tsx';
import { kindOf, previewOf } from './kinds.ts';
import { openEntry } from './open-entry.ts';
import { chosen, folder } from './panel.ts';
import { folderOf } from './paths.ts';

export function Details() {
  const [first] = chosen.value;
  const one = chosen.value.length === 1 ? first : undefined;
  return (
    <aside class="file-details" aria-label={t.files.details} data-test="files-details">
      {one ? <Of entry={one} /> : <OfMany />}
    </aside>
  );
}

function Of({ entry }: { entry: Entry }) {
  const kind = t.files.kinds[kindOf(entry)];
  const facts: (readonly [string, string])[] = [
    [t.files.columns.type, entry.type === '' ? kind : `${kind} (${entry.type})`],
    ...(entry.folder ? [] : [[t.files.columns.size, sizeOf(entry.size)] as const]),
    ...(entry.modified === null
      ? []
      : [[t.files.columns.modified, dateTime(new Date(entry.modified).toISOString())] as const]),
    ...(folder.value === null ? [] : [[t.files.location, folderTitle(folderOf(entry.path))] as const]),
  ];
  return (
    <>
      <div class="file-details-picture">
        <FileIcon key={entry.path} entry={entry} size={56} picture />
      </div>
      <h3 class="wrapping">{shownName(entry.name)}</h3>
      <FactList facts={facts} />
      {folder.value !== null && (entry.folder || previewOf(entry) !== null) && (
        <button type="button" onClick={() => openEntry(entry)} data-test="files-details-open">
          {entry.folder ? t.files.openItem : t.files.preview}
        </button>
      )}
    </>
  );
}

function OfMany() {
  const count = chosen.value.length;
  const size = chosen.value.reduce((sum, entry) => sum + entry.size, 0);
  return (
    <p class="small">
      {count === 0
        ? folder.value === null
          ? t.files.trash
          : folderTitle(folder.value)
        : t.files.selected(count, sizeOf(size))}
    </p>
  );
}
