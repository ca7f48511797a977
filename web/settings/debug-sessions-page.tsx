/** Debug sessions: who debugged what, when and why. Administrators approve sessions for owners who are away. */
import type { DebugSession } from '#protocol/debug.ts';
import { useEffect, useState } from 'preact/hooks';
import { isSupport } from '../state/roles.ts';
import { api } from '../state/api.ts';
import { debugSessions } from '../state/store.ts';
import { dateTime, moment } from '../ui/format.ts';
import { Checkbox } from '../ui/form-fields.tsx';
import { useRemote } from '../state/use-remote.ts';
import { DataTable } from '../ui/data-table.tsx';
import { t } from '../ui/strings/catalogue.ts';
import { RemoteList } from '../ui/remote-list.tsx';
import { objectOf, stateText } from '../debug/sessions.ts';
import { DebugSessionActions } from './debug-session-actions.tsx';
import '../debug/debug.css';

/** The event stream carries only this user's sessions. */
const RELOAD_MS = 5_000;

export default function DebugSessionsPage() {
  const [everybody, setEverybody] = useState(isSupport());
  const [open, setOpen] = useState(false);
  const [sessions, reload] = useRemote(`${everybody} ${open}`, (signal) =>
    api.debug.list({ ...(everybody ? { user: '*' } : {}), ...(open ? { open: true } : {}), limit: 200 }, signal),
  );
  useEffect(() => {
    const timer = setInterval(reload, RELOAD_MS);
    return () => clearInterval(timer);
  }, [reload]);
  const known = debugSessions.value;
  useEffect(reload, [known]);
  return (
    <>
      <div class="row sheet-title">
        <h2 class="grow">{t.settings.pages['debug-sessions']}</h2>
        {isSupport() && (
          <Checkbox label={t.debugSessions.everybody} on={everybody} test="debug-sessions-all" change={setEverybody} />
        )}
        <Checkbox label={t.debugSessions.onlyOpen} on={open} test="debug-sessions-open" change={setOpen} />
      </div>
      <RemoteList list={sessions} retry={reload} empty={t.debugSessions.none} emptyHint={t.debugSessions.noneHint}>
        {(found) => <Table sessions={found} changed={reload} />}
      </RemoteList>
    </>
  );
}

function Table({ sessions, changed }: { sessions: readonly DebugSession[]; changed: () => void }) {
  const words = t.debugSessions;
  return (
    <DataTable
      label={t.settings.pages['debug-sessions']}
      columns={[words.who, words.what, words.owner, words.times, words.result]}
      actions
      kind="debug-sessions"
    >
      {sessions.map((session) => (
        <Row key={session.id} session={session} changed={changed} />
      ))}
    </DataTable>
  );
}

function Row({ session, changed }: { session: DebugSession; changed: () => void }) {
  const { text, tone } = stateText(session, t.debugSessions);
  const { status, reason } = session;
  const now = new Date();
  const end = status.state === 'ended' ? status.at : null;
  return (
    <tr data-test="debug-session" data-session={session.id} data-state={status.state}>
      <td>{session.by.name}</td>
      <td class="debug-session-target">
        {t.debugSessions.kinds[session.kind]} · {objectOf(session)}
        {session.profile !== null && <span class="small"> · {t.debug.profiles[session.profile]}</span>}
        {reason !== '' && <div class="small">{reason}</div>}
      </td>
      <td>
        {session.userId}
        <div class="small">{session.grant && t.debugSessions.grants[session.grant]}</div>
      </td>
      <td class="number" title={dateTime(session.startedAt ?? session.askedAt)}>
        {moment(session.startedAt ?? session.askedAt, now)}
        {end !== null && <div class="number small">{`– ${moment(end, now)}`}</div>}
      </td>
      <td class="debug-session-result">
        <span class={`pill ${tone}`}>{text}</span>
        {status.state === 'ended' && status.message !== null && <div class="small">{status.message}</div>}
      </td>
      <td class="task-acts">
        <DebugSessionActions session={session} changed={changed} />
      </td>
    </tr>
  );
}
