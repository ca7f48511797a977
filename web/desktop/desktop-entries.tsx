/** How many finished launches the desktop holds, shown from a third of the limit on, and how to remove them. */
import { TriangleAlert } from 'lucide';
import { api } from '../state/api.ts';
import { attempt } from '../state/notices.ts';
import { desktop } from '../state/store.ts';
import { Icon } from '../ui/icon.tsx';
import { openLayer } from '../layers/layers.ts';
import { t } from '../ui/strings/catalogue.ts';
import { fullness } from './fullness.ts';

export function DesktopEntries() {
  const found = desktop.value;
  const entries = found?.entries;
  const full = entries ? fullness(entries) : 'empty';
  if (!entries || (full === 'empty' && !found?.rebuild)) return null;
  const warns = full === 'nearly full';
  const most = entries.most ?? entries.finished;
  return (
    <div class={warns ? 'entries warn' : 'entries'} role={warns ? 'status' : undefined} data-test="entries">
      {warns && <Icon of={TriangleAlert} size={16} />}
      <p class="small grow">
        {t.tasks.entries(entries.finished, most)} {warns && t.tasks.entriesHint}
      </p>
      {found?.rebuild === 'idle' ? <ScheduledRebuild /> : <RebuildButton quiet={!warns} test="rebuild-open" />}
    </div>
  );
}

export function RebuildButton({ quiet, test }: { quiet: boolean; test: string }) {
  return (
    <button type="button" class={quiet ? 'quiet' : ''} onClick={() => openLayer({ kind: 'rebuild' })} data-test={test}>
      {t.rebuild.open}
    </button>
  );
}

/** Until the rebuild starts, the user can cancel it. */
export function ScheduledRebuild() {
  return (
    <>
      <span class="small" data-test="rebuild-scheduled">
        {t.rebuild.scheduled}
      </span>
      <button
        type="button"
        class="quiet"
        onClick={() => void attempt(() => api.desktop.cancelRebuild())}
        data-test="rebuild-cancel-scheduled"
      >
        {t.rebuild.cancelScheduled}
      </button>
    </>
  );
}
