/**
 * Shown in the bar while another user debugs this user's desktop: who, since when, why, and a button to end it.
 * In the bar it covers no window.
 */
import type { DebugSession } from '#protocol/debug.ts';
import { Eye } from 'lucide';
import { debugSessions, session } from '../state/store.ts';
import { moment } from '../ui/format.ts';
import { Icon } from '../ui/icon.tsx';
import { t } from '../ui/strings/catalogue.ts';
import { endSession, showSession } from './actions.ts';
import { debuggingMine, objectOf } from './sessions.ts';
import './debug.css';

export function Banner() {
  const sessions = debuggingMine(debugSessions.value, session.value?.user.id ?? '');
  return (
    <div class="banners" role="status" aria-live="polite">
      {sessions.map((one) => (
        <One key={one.id} session={one} />
      ))}
    </div>
  );
}

function One({ session }: { session: DebugSession }) {
  const { id, by, kind, startedAt, reason } = session;
  const how = [t.banner.what[kind](objectOf(session)), startedAt && t.banner.since(moment(startedAt, new Date()))];
  const more = [...how, reason && t.banner.why(reason)].filter(Boolean).join(' ');
  return (
    <div class="banner" data-test="debug-banner" data-session={id}>
      <Icon of={Eye} size={15} />
      <p class="truncate" title={`${t.banner.who(by.name)} ${more}`}>
        <b>{t.banner.who(by.name)}</b> {more}
      </p>
      {kind !== 'copy' && (
        <button type="button" onClick={() => showSession(session)} data-test="banner-watch">
          {t.banner.watch}
        </button>
      )}
      <button type="button" onClick={() => void endSession(id)} data-test="banner-end">
        {t.banner.end}
      </button>
    </div>
  );
}
