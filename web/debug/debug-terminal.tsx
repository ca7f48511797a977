/** The terminal of a debug session with its user, target, profile, remaining time and participants. */
import type { DebugSession } from '#protocol/debug.ts';
import { Timer, Users } from 'lucide';
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { endSession, extendSession } from './actions.ts';
import { endText, leftMs, leftText, objectOf, WARN_MS } from './sessions.ts';
import { useNow } from '../ui/use-now.ts';
import { focusScreen } from '../screen/control.ts';
import { debugSessions, session as login } from '../state/store.ts';
import { dateTime } from '../ui/format.ts';
import { Icon } from '../ui/icon.tsx';
import { openLayer } from '../layers/layers.ts';
import { t } from '../ui/strings/catalogue.ts';
import { shownDebugSession } from '../terminal/control.ts';
import { FloatingPanel } from '../terminal/floating-panel.tsx';
import { type Shell, useShell } from '../terminal/use-shell.ts';

export default function DebugPanel() {
  const session = debugSessions.value.find(({ id }) => id === shownDebugSession.value);
  if (!session) return null;
  return <Panel key={session.id} session={session} />;
}

const close = () => {
  shownDebugSession.value = null;
  queueMicrotask(focusScreen);
};

function Panel({ session }: { session: DebugSession }) {
  // If the session ends while it is shown, its output stays.
  const [opened, setOpened] = useState(false);
  if (session.status.state === 'running' && !opened) setOpened(true);
  return opened ? <Live session={session} /> : <Before session={session} />;
}

function Live({ session }: { session: DebugSession }) {
  const [round, setRound] = useState(0);
  const shell = useShell({ in: 'debug', id: session.id }, round);
  const ended = session.status.state === 'ended';
  const disconnected = !ended && (shell.state.state === 'lost' || shell.state.state === 'ended');
  return (
    <Framed session={session} state={ended ? 'ended' : shell.state.state} focus={shell.focus} shell={shell}>
      <div class="terminal-box" ref={shell.box} data-test="debug-box" />
      {ended && <Ended session={session} />}
      {disconnected && (
        <div class="terminal-over" role="status">
          <span class="grow">{wordsOf(shell)}</span>
          <button type="button" onClick={() => setRound(round + 1)} data-test="debug-reconnect">
            {t.retry}
          </button>
        </div>
      )}
    </Framed>
  );
}

const wordsOf = ({ state }: Shell): string => {
  if (state.state === 'ended') return t.debug.commandEnded(state.exitCode);
  return state.state === 'lost' && state.message !== null ? state.message : t.debug.connectionLost;
};

/** There is no terminal yet, or no longer. */
function Before({ session }: { session: DebugSession }) {
  const { status } = session;
  return (
    <Framed session={session} state={status.state} focus={() => {}} shell={null}>
      <div class="debug-before" role="status" data-test="debug-waiting">
        {status.state === 'asking' && (
          <>
            <p>{t.debug.asking(session.userId, dateTime(status.until))}</p>
            <p class="small">{t.debug.askingHint(dateTime(status.approvableAt))}</p>
          </>
        )}
        {status.state === 'starting' && (
          <p>
            <i class="ring" /> {status.detail ?? t.debug.starting}
          </p>
        )}
        {status.state === 'ended' && <p>{endText(session, t.debugSessions)}</p>}
      </div>
      {status.state === 'ended' && <Ended session={session} />}
    </Framed>
  );
}

function Ended({ session }: { session: DebugSession }) {
  return (
    <div class="terminal-over" role="status" data-test="debug-ended">
      <span class="grow">{endText(session, t.debugSessions)}</span>
      {session.transcript && (
        <button type="button" onClick={() => openLayer({ kind: 'recording', session })} data-test="debug-recording">
          {t.debugSessions.play}
        </button>
      )}
      <button type="button" onClick={close}>
        {t.close}
      </button>
    </div>
  );
}

interface FramedProps {
  readonly session: DebugSession;
  readonly state: string;
  readonly focus: () => void;
  readonly shell: Shell | null;
  readonly children: ComponentChildren;
}

function Framed({ session, state, focus, shell, children }: FramedProps) {
  const now = useNow(1_000);
  const left = leftMs(session, now);
  const own = session.by.id === login.value?.user.id;
  const note = [
    own ? null : session.by.name,
    session.profile && t.debug.profiles[session.profile],
    session.name,
    session.reused ? t.debug.reused : null,
  ];
  const tools = (
    <>
      {shell && shell.people > 1 && (
        <span class="pill" title={t.debug.people(shell.people)} data-test="debug-people">
          <Icon of={Users} size={12} /> {shell.people}
          <span class="hidden-text">{t.debug.people(shell.people)}</span>
        </span>
      )}
      {left !== null && (
        <span
          class={left <= WARN_MS ? 'pill warn number' : 'pill number'}
          title={t.debug.endsIn}
          data-test="debug-left"
        >
          <Icon of={Timer} size={12} /> {leftText(left)}
        </span>
      )}
      {left !== null && left <= WARN_MS && (
        <button type="button" onClick={() => void extendSession(session.id)} data-test="debug-extend">
          {t.debug.extend}
        </button>
      )}
      {session.status.state !== 'ended' && (
        <button type="button" class="quiet" onClick={() => void endSession(session.id)} data-test="debug-stop">
          {session.status.state === 'running' ? t.debug.stop : t.cancel}
        </button>
      )}
    </>
  );
  return (
    <FloatingPanel
      title={t.debug.panelTitles[session.kind](objectOf(session))}
      note={note.filter(Boolean).join(' · ')}
      tools={tools}
      state={state}
      test="debug-terminal"
      focus={focus}
      close={close}
    >
      {children}
    </FloatingPanel>
  );
}
