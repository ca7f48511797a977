/** How many finished launches the desktop carries, once it is worth a word, and the ways to get rid of them. */
import { TriangleAlert } from 'lucide';
import { api } from '../state/api.ts';
import { attempt } from '../state/notices.ts';
import { desktop } from '../state/store.ts';
import { Icon } from '../ui/icon.tsx';
import { openLayer } from '../ui/layers.ts';
import { t } from '../ui/strings/catalogue.ts';
import { fullness } from './task-model.ts';

export function DesktopEntries() {
  const found = desktop.value;
  const entries = found?.entries;
  const full = entries ? fullness(entries) : 'empty';
  if (!entries || (full === 'empty' && !found?.compaction)) return null;
  const warns = full === 'nearly full';
  const most = entries.most ?? entries.finished;
  return (
    <div class={warns ? 'entries warn' : 'entries'} role={warns ? 'status' : undefined} data-test="entries">
      {warns && <Icon of={TriangleAlert} size={16} />}
      <p class="small grow">
        {t.tasks.entries(entries.finished, most)} {warns && t.tasks.entriesHint}
      </p>
      {found?.compaction === 'idle' ? (
        <Planned />
      ) : (
        <button
          type="button"
          class={warns ? '' : 'quiet'}
          onClick={() => openLayer({ kind: 'compact' })}
          data-test="compact"
        >
          {t.compact.button}
        </button>
      )}
      <button type="button" class="quiet" onClick={() => openLayer({ kind: 'rebuild' })} data-test="rebuild">
        {t.rebuild.button}
      </button>
    </div>
  );
}

/** Agreed to, and not yet done: it can be taken back. */
export function Planned() {
  return (
    <>
      <span class="small" data-test="compact-planned">
        {t.compact.planned}
      </span>
      <button
        type="button"
        class="quiet"
        onClick={() => void attempt(() => api.desktop.keepAsItIs())}
        data-test="compact-keep"
      >
        {t.compact.keep}
      </button>
    </>
  );
}
