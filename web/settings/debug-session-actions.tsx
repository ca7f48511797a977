/** What the user can do with a debug session: answer, approve, open, end or replay it. */
import type { DebugSession } from '#protocol/debug.ts';
import { CirclePlay } from 'lucide';
import { answer, approve, endSession, showSession } from '../debug/actions.ts';
import { isApprovable, isOpen } from '../debug/sessions.ts';
import { openLayer } from '../layers/layers.ts';
import { isAdmin } from '../state/roles.ts';
import { session as login } from '../state/store.ts';
import { Icon } from '../ui/icon.tsx';
import { t } from '../ui/strings/catalogue.ts';
import { useNow } from '../ui/use-now.ts';

export function DebugSessionActions({ session, changed }: { session: DebugSession; changed: () => void }) {
  const now = useNow(1_000);
  const me = login.value?.user.id;
  const own = session.by.id === me;
  const asked = session.status.state === 'asking';
  const after = (done: Promise<boolean>) => void done.then(changed);
  if (asked && session.userId === me && !own)
    return (
      <>
        <button type="button" onClick={() => after(answer(session.id, true))}>
          {t.consent.agree}
        </button>
        <button type="button" class="quiet" onClick={() => after(answer(session.id, false))}>
          {t.consent.decline}
        </button>
      </>
    );
  if (asked && isAdmin() && !own)
    return (
      <>
        <button
          type="button"
          disabled={!isApprovable(session, now)}
          title={isApprovable(session, now) ? undefined : t.debugSessions.notYet}
          onClick={() => after(approve(session.id, true))}
          data-test="debug-session-approve"
        >
          {t.debugSessions.approve}
        </button>
        <button
          type="button"
          class="quiet"
          onClick={() => after(approve(session.id, false))}
          data-test="debug-session-deny"
        >
          {t.debugSessions.deny}
        </button>
      </>
    );
  return (
    <>
      {own && isOpen(session) && (
        <button type="button" class="quiet" onClick={() => showSession(session)} data-test="debug-session-open">
          {t.debugSessions.open}
        </button>
      )}
      {isOpen(session) && (own || session.userId === me || isAdmin()) && (
        <button type="button" class="quiet" onClick={() => after(endSession(session.id))} data-test="debug-session-end">
          {t.debugSessions.end}
        </button>
      )}
      {session.transcript && (
        <button
          type="button"
          class="quiet icon"
          title={t.debugSessions.play}
          aria-label={t.debugSessions.play}
          onClick={() => openLayer({ kind: 'recording', session })}
          data-test="debug-session-play"
        >
          <Icon of={CirclePlay} size={16} />
        </button>
      )}
    </>
  );
}
