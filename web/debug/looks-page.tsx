/** Looks inside: who looked at what and why, from when to when, how it ended; administrators answer for who is away. */
import type { DebugSession } from '#protocol/debug.ts';
import { CirclePlay } from 'lucide';
import { useEffect, useState } from 'preact/hooks';
import { isAdmin, isSupport } from '../settings/pages.ts';
import { api } from '../state/api.ts';
import { debugSessions, session as login } from '../state/store.ts';
import { dateTime, moment } from '../ui/format.ts';
import { Icon } from '../ui/icon.tsx';
import { openLayer } from '../ui/layers.ts';
import { useRemote } from '../ui/remote.ts';
import { t } from '../ui/strings/catalogue.ts';
import { Blank, Failure, Loading } from '../ui/views.tsx';
import { answer, approve, endSession, showSession } from './actions.ts';
import { isApprovable, isOpen, objectOf, stateText } from './sessions.ts';
import { useNow } from './use-now.ts';
import './debug.css';

/** Others' sessions are not among this user's events. */
const AGAIN_MS = 5_000;

export default function LooksPage() {
  const [everybody, setEverybody] = useState(isSupport());
  const [open, setOpen] = useState(false);
  const [found, again] = useRemote(`${everybody} ${open}`, (signal) =>
    api.debug.list({ ...(everybody ? { user: '*' } : {}), ...(open ? { open: true } : {}), limit: 200 }, signal),
  );
  useEffect(() => {
    const timer = setInterval(again, AGAIN_MS);
    return () => clearInterval(timer);
  }, [again]);
  const known = debugSessions.value;
  useEffect(again, [known]);
  return (
    <>
      <div class="row sheet-title">
        <h2 class="grow">{t.settings.pages.looks}</h2>
        {isSupport() && (
          <label class="debug-tick">
            <input
              type="checkbox"
              checked={everybody}
              onChange={() => setEverybody(!everybody)}
              data-test="looks-everybody"
            />
            {t.looks.everybody}
          </label>
        )}
        <label class="debug-tick">
          <input type="checkbox" checked={open} onChange={() => setOpen(!open)} data-test="looks-open" />
          {t.looks.onlyOpen}
        </label>
      </div>
      {found.state === 'loading' && <Loading />}
      {found.state === 'failed' && <Failure error={found.error} retry={again} />}
      {found.state === 'there' && found.value.length === 0 && (
        <Blank title={t.looks.none}>
          <p>{t.looks.noneHint}</p>
        </Blank>
      )}
      {found.state === 'there' && found.value.length > 0 && <Table sessions={found.value} changed={again} />}
    </>
  );
}

function Table({ sessions, changed }: { sessions: readonly DebugSession[]; changed: () => void }) {
  const words = t.looks;
  return (
    <div class="table-box whole" tabIndex={0} role="region" aria-label={t.settings.pages.looks}>
      <table class="looks">
        <thead>
          <tr>
            <th scope="col">{words.who}</th>
            <th scope="col">{words.what}</th>
            <th scope="col">{words.whose}</th>
            <th scope="col">{words.times}</th>
            <th scope="col">{words.how}</th>
            <th scope="col">
              <span class="hidden-text">{t.tasks.actions}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {sessions.map((session) => (
            <Row key={session.id} session={session} changed={changed} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ session, changed }: { session: DebugSession; changed: () => void }) {
  const { text, tone } = stateText(session, t.looks);
  const { status, reason } = session;
  const now = new Date();
  const end = status.state === 'ended' ? status.at : null;
  return (
    <tr data-test="look" data-session={session.id} data-state={status.state}>
      <td>{session.by.name}</td>
      <td class="looks-what">
        {t.looks.kinds[session.kind]} · {objectOf(session)}
        {session.profile !== null && <span class="small"> · {t.debug.profiles[session.profile]}</span>}
        {reason !== '' && <div class="small">{reason}</div>}
      </td>
      <td>
        {session.userId}
        <div class="small">{session.grant && t.looks.grants[session.grant]}</div>
      </td>
      <td class="number" title={dateTime(session.startedAt ?? session.askedAt)}>
        {moment(session.startedAt ?? session.askedAt, now)}
        {end !== null && <div class="number small">{`– ${moment(end, now)}`}</div>}
      </td>
      <td class="looks-how">
        <span class={`pill ${tone}`}>{text}</span>
        {status.state === 'ended' && status.message !== null && <div class="small">{status.message}</div>}
      </td>
      <td class="task-acts">
        <Acts session={session} changed={changed} />
      </td>
    </tr>
  );
}

function Acts({ session, changed }: { session: DebugSession; changed: () => void }) {
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
          title={isApprovable(session, now) ? undefined : t.looks.notYet}
          onClick={() => after(approve(session.id, true))}
          data-test="look-approve"
        >
          {t.looks.approve}
        </button>
        <button type="button" class="quiet" onClick={() => after(approve(session.id, false))} data-test="look-refuse">
          {t.looks.refuse}
        </button>
      </>
    );
  return (
    <>
      {own && isOpen(session) && (
        <button type="button" class="quiet" onClick={() => showSession(session)} data-test="look-open">
          {t.looks.open}
        </button>
      )}
      {isOpen(session) && (own || session.userId === me || isAdmin()) && (
        <button type="button" class="quiet" onClick={() => after(endSession(session.id))} data-test="look-end">
          {t.looks.end}
        </button>
      )}
      {session.transcript && (
        <button
          type="button"
          class="quiet icon"
          title={t.looks.play}
          aria-label={t.looks.play}
          onClick={() => openLayer({ kind: 'recording', session })}
          data-test="look-play"
        >
          <Icon of={CirclePlay} size={16} />
        </button>
      )}
    </>
  );
}
