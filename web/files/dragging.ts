/** Drags files of the panel onto folders, and out to this computer where the browser can. */
import { transferTo } from './actions.ts';
import { fileUrl } from './dav.ts';
import type { Entry } from './entry.ts';
import { chosen, folder, selection } from './panel.ts';
import { only } from './selection.ts';
import { nodesOf, receive } from './receive.ts';

const OWN = 'application/x-deskpod-files';

export const isOwnDrag = (event: DragEvent): boolean => event.dataTransfer?.types.includes(OWN) ?? false;
export const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false;

/** Handlers of a list. `mark` gets the path of the folder under the pointer. */
export function dragging(entryOf: (event: Event) => Entry | undefined, mark: (path: string | null) => void) {
  const targetOf = (event: DragEvent): Entry | undefined => {
    const entry = entryOf(event);
    return entry?.folder && folder.value !== null && !selection.value.chosen.has(entry.path) ? entry : undefined;
  };
  return {
    onDragStart: (event: DragEvent) => {
      const entry = entryOf(event);
      if (!entry || folder.value === null || !event.dataTransfer) return event.preventDefault();
      if (!selection.value.chosen.has(entry.path)) selection.value = only(entry.path);
      event.dataTransfer.setData(OWN, '');
      event.dataTransfer.effectAllowed = 'copyMove';
      // Chromium saves the file where it is dropped outside the browser.
      if (!entry.folder && chosen.value.length === 1)
        event.dataTransfer.setData(
          'DownloadURL',
          `${entry.type || 'application/octet-stream'}:${entry.name}:${fileUrl(entry.path)}`,
        );
    },
    onDragOver: (event: DragEvent) => {
      if (!isOwnDrag(event) && !hasFiles(event)) return;
      const target = targetOf(event);
      mark(target?.path ?? null);
      if (target || hasFiles(event)) event.preventDefault();
      if (event.dataTransfer && isOwnDrag(event)) event.dataTransfer.dropEffect = event.ctrlKey ? 'copy' : 'move';
    },
    onDragLeave: () => mark(null),
    onDragEnd: () => mark(null),
    onDrop: (event: DragEvent) => {
      const target = targetOf(event);
      mark(null);
      if (!target) return;
      event.preventDefault();
      event.stopPropagation();
      dropInto(target.path, event);
    },
  };
}

/** What is dropped on a folder or a place. */
export function dropInto(path: string, event: DragEvent): void {
  if (isOwnDrag(event))
    void transferTo(
      event.ctrlKey ? 'COPY' : 'MOVE',
      chosen.value.map((entry) => entry.path),
      path,
    );
  else if (event.dataTransfer) void receive(nodesOf(event.dataTransfer), path);
}
