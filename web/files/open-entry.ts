/** Opens what was double-clicked: a folder in the panel, a file in the preview. */
import { openLayer } from '../layers/layers.ts';
import type { Entry } from './entry.ts';
import { folder, goTo } from './panel.ts';

export function openEntry(entry: Entry): void {
  if (folder.value === null) return;
  if (entry.folder) goTo({ at: 'folder', path: entry.path });
  else openLayer({ kind: 'file-preview', path: entry.path });
}
