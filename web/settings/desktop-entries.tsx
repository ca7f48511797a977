/** How many finished launches the desktop carries, once it is worth a word, and the way to get rid of them. */
import { TriangleAlert } from 'lucide';
import { desktop } from '../state/store.ts';
import { Icon } from '../ui/icon.tsx';
import { openLayer } from '../ui/layers.ts';
import { t } from '../ui/strings/catalogue.ts';
import { fullness } from './task-model.ts';

export function DesktopEntries() {
  const entries = desktop.value?.entries;
  const full = entries ? fullness(entries) : 'empty';
  if (!entries || entries.most === null || full === 'empty') return null;
  const warns = full === 'nearly full';
  return (
    <div class={warns ? 'entries warn' : 'entries'} role={warns ? 'status' : undefined} data-test="entries">
      {warns && <Icon of={TriangleAlert} size={16} />}
      <p class="small grow">
        {t.tasks.entries(entries.finished, entries.most)} {warns && t.tasks.entriesHint}
      </p>
      <button
        type="button"
        class={warns ? '' : 'quiet'}
        onClick={() => openLayer({ kind: 'rebuild' })}
        data-test="rebuild"
      >
        {t.rebuild.button}
      </button>
    </div>
  );
}
