/** Files dropped anywhere on the page: into the folder that is open, else, on the screen, into Downloads. */
import { useEffect, useState } from 'preact/hooks';
import { layers } from '../layers/layers.ts';
import { t } from '../ui/strings/catalogue.ts';
import { mayUpload } from './actions.ts';
import { hasFiles, isOwnDrag } from './dragging.ts';
import { folderTitle } from './file-facts.ts';
import { folder } from './panel.ts';
import { DOWNLOADS, nodesOf, receive, receiveOnScreen } from './receive.ts';
import './drop-zone.css';

export function DropZone() {
  const [over, setOver] = useState(false);
  useEffect(() => {
    const abort = new AbortController();
    const { signal } = abort;
    let depth = 0;
    const set = (next: number) => {
      depth = Math.max(0, next);
      setOver(depth > 0);
    };
    const fits = (event: DragEvent): boolean => hasFiles(event) && !isOwnDrag(event);
    window.addEventListener('dragenter', (event) => fits(event) && set(depth + 1), { signal });
    window.addEventListener('dragleave', (event) => fits(event) && set(depth - 1), { signal });
    // Without this, the browser would leave the page and show the file.
    window.addEventListener(
      'dragover',
      (event) => {
        if (!fits(event)) return;
        event.preventDefault();
        if (event.dataTransfer && target() === null) event.dataTransfer.dropEffect = 'none';
      },
      { signal },
    );
    // Also after a drop on a folder, which ends there.
    window.addEventListener('drop', () => set(0), { signal, capture: true });
    window.addEventListener(
      'drop',
      (event) => {
        if (!fits(event) || !event.dataTransfer) return;
        event.preventDefault();
        const to = target();
        if (to === null) return;
        const nodes = nodesOf(event.dataTransfer);
        void (to === SCREEN ? receiveOnScreen(nodes) : receive(nodes, to));
      },
      { signal },
    );
    return () => abort.abort();
  }, []);
  const to = over ? target() : null;
  if (to === null) return null;
  return (
    <div class="drop-zone" role="status" data-test="drop-zone">
      <div class="glass">{t.files.drop(folderTitle(to === SCREEN ? DOWNLOADS : to))}</div>
    </div>
  );
}

const SCREEN = Symbol('the screen');

/** Null where nothing can be dropped: the trash, dialogs, other sheets. */
function target(): string | typeof SCREEN | null {
  if (!mayUpload.value) return null;
  const top = layers.value.at(-1);
  if (!top) return SCREEN;
  return top.kind === 'files' ? folder.value : null;
}
