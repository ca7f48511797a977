/** Shown until the first frame: the progress of the start, or why there is no desktop and what to do. */
import type { Desktop } from '#protocol/desktop.ts';
import { LogOut, RotateCw } from 'lucide';
import { attempt } from '../state/notices.ts';
import { disconnect } from '../state/session.ts';
import { online, session } from '../state/store.ts';
import { Icon } from '../ui/icon.tsx';
import { useDelayed } from '../ui/use-delayed.ts';
import { t } from '../ui/strings/catalogue.ts';
import { TraceView } from '../desktop/trace-view.tsx';
import './starting.css';

/** A faster start isn't shown. */
const QUICK_MS = 250;

export function Starting({ desktop, restart }: { desktop: Desktop | null; restart: () => void }) {
  const slow = useDelayed(true, QUICK_MS);
  const state = desktop?.status.state;
  const wrong = state === 'failed' || state === 'none';
  const hadRun = state === 'none' || (desktop?.status.state === 'failed' && desktop.status.ended);
  if (!wrong && !slow && desktop?.trace?.kind !== 'cold') return null;
  return (
    <section class="starting" aria-label={titleOf(desktop)} data-test="starting" data-state={state ?? 'asking'}>
      <div class="glass starting-card" role={wrong ? 'alert' : 'status'} aria-live="polite" aria-busy={!wrong}>
        <h1>{titleOf(desktop)}</h1>
        <p class="small starting-where">{[session.value?.user.name, desktop?.place].filter(Boolean).join(' · ')}</p>
        {!online.value && <p class="starting-offline">{t.states.offline}</p>}
        {state === 'none' && <p>{t.start.ended(desktop?.home ?? null)}</p>}
        {desktop?.status.state === 'failed' && (
          <div class="starting-failure" data-test="start-failure">
            <p>{desktop.status.reason}</p>
            {desktop.status.remedy && <p>{desktop.status.remedy}</p>}
          </div>
        )}
        {desktop?.trace && !hadRun && <TraceView trace={desktop.trace} />}
        {wrong && (
          <div class="row starting-ends">
            <button type="button" class="primary" onClick={restart} data-test="start-again">
              <Icon of={RotateCw} /> {hadRun ? t.start.again : t.retry}
            </button>
            <button type="button" class="quiet" onClick={() => void attempt(disconnect)}>
              <Icon directed of={LogOut} /> {t.menu.disconnect}
            </button>
          </div>
        )}
      </div>
    </section>
  );
}

function titleOf(desktop: Desktop | null): string {
  const state = desktop?.status.state;
  if (desktop?.status.state === 'failed') return desktop.status.ended ? t.start.endedTitle : t.start.failedTitle;
  if (state === 'none') return t.start.endedTitle;
  if (state === 'stopping') return t.start.stopping;
  return desktop?.trace?.kind === 'cold' ? t.start.title : t.start.warmTitle;
}
