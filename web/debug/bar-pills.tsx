/** Debug sessions in the bar: requests to answer, the user's own, and new ones from while the user was away. */
import { Bug, CopyPlus, Eye, MessageCircleQuestion, SquareTerminal } from 'lucide';
import { debugSessions, session } from '../state/store.ts';
import { shownDebugSession } from '../terminal/control.ts';
import { Icon } from '../ui/icon.tsx';
import { openLayer } from '../layers/layers.ts';
import { t } from '../ui/strings/catalogue.ts';
import { showSession } from './actions.ts';
import { askingMe, leftMs, mine, objectOf, stateText, unseen, WARN_MS } from './sessions.ts';
import { useNow } from '../ui/use-now.ts';
import './debug.css';

const ICONS = { toolbox: Bug, copy: CopyPlus, exec: SquareTerminal };
/** How many of the user's own sessions the bar shows. */
const MOST = 3;

export function BarPills() {
  const me = session.value?.user.id ?? '';
  const all = debugSessions.value;
  const own = mine(all, me);
  const news = unseen(all, me);
  return (
    <>
      {askingMe(all, me).map((one) => (
        <button
          key={one.id}
          type="button"
          class="bar-pill warn"
          onClick={() => openLayer({ kind: 'consent', id: one.id })}
          data-test="consent-pill"
        >
          <Icon of={MessageCircleQuestion} size={14} />
          <span class="truncate">{t.bar.asks(one.by.name)}</span>
        </button>
      ))}
      {own.length > 0 && <Own sessions={own} />}
      {news.length > 0 && (
        <button
          type="button"
          class="bar-pill"
          onClick={() => openLayer({ kind: 'while-away', ids: news.map(({ id }) => id) })}
          data-test="unseen-pill"
        >
          <Icon of={Eye} size={14} /> {t.bar.unseen(news.length)}
        </button>
      )}
    </>
  );
}

function Own({ sessions }: { sessions: ReturnType<typeof mine> }) {
  const now = useNow(5_000);
  return (
    <>
      {sessions.slice(-MOST).map((one) => {
        const left = leftMs(one, now);
        const ending = left !== null && left <= WARN_MS;
        return (
          <button
            key={one.id}
            type="button"
            class={ending ? 'bar-pill warn' : 'bar-pill'}
            aria-pressed={shownDebugSession.value === one.id}
            title={stateText(one, t.debugSessions).text}
            onClick={() => (shownDebugSession.value === one.id ? (shownDebugSession.value = null) : showSession(one))}
            data-test="debug-pill"
            data-session={one.id}
            data-state={one.status.state}
          >
            <Icon of={ICONS[one.kind]} size={14} />
            <span class="truncate">{t.debug.panelTitles[one.kind](objectOf(one))}</span>
            {one.status.state !== 'running' && <span class="small">{stateText(one, t.debugSessions).text}</span>}
            {ending && <span class="small">{t.bar.ending}</span>}
          </button>
        );
      })}
    </>
  );
}
