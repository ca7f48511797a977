/** Opens what was double-clicked: a folder in the panel, a file in the preview, or in an app if there is no preview. */
import { appsFor, openFile, openWith } from '../apps/open-with.ts';
import { closeLayer, openLayer } from '../layers/layers.ts';
import type { Entry } from './entry.ts';
import { previewOf } from './kinds.ts';
import { folder, goTo } from './panel.ts';

export function openEntry(entry: Entry): void {
  if (folder.value === null) return;
  if (entry.folder) goTo({ at: 'folder', path: entry.path });
  else if (previewOf(entry) === null && appsFor(entry.path).length > 0) {
    closeLayer('files');
    void openFile(entry.path);
  } else openLayer({ kind: 'file-preview', path: entry.path });
}

/** The panel makes room for the app's window. */
export function openInApp({ path, folder: isFolder }: Entry, app: string): void {
  closeLayer('files');
  void openWith({ path: isFolder ? `${path}/` : path }, app, false);
}
