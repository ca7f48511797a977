/** The terminal of a debug session: who looks at what with which rights, for how long, with how many; its end in words. */
import type { DebugSession } from '#protocol/debug.ts';
import { Timer, Users } from 'lucide';
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { endSession, extendSession } from '../debug/actions.ts';
import { endText, leftMs, leftText, objectOf, WARN_MS } from '../debug/sessions.ts';
import { useNow } from '../debug/use-now.ts';
import { focusScreen } from '../screen/control.ts';
import { debugSessions, session as login } from '../state/store.ts';
import { dateTime } from '../ui/format.ts';
import { Icon } from '../ui/icon.tsx';
import { openLayer } from '../ui/layers.ts';
import { t } from '../ui/strings/catalogue.ts';
import { debugShown } from './control.ts';
import { FloatingPanel } from './floating-panel.tsx';
import { type Shell, useShell } from './use-shell.ts';

export default function DebugPanel() {
  const session = debugSessions.value.find(({ id }) => id === debugShown.value);
  if (!session) return null;
  return <Panel key={session.id} session={session} />;
}

const close = () => {
  debugShown.value = null;
  queueMicrotask(focusScreen);
};

function Panel({ session }: { session: DebugSession }) {
  // What it printed stays on show when it ends before one's eyes.
  const [opened, setOpened] = useState(false);
  if (session.status.state === 'running' && !opened) setOpened(true);
  return opened ? <Live session={session} /> : <Before session={session} />;
}

function Live({ session }: { session: DebugSession }) {
  const [round, setRound] = useState(0);
  const shell = useShell({ in: 'debug', id: session.id }, round);
  const over = session.status.state === 'ended';
  const cut = !over && (shell.state.state === 'lost' || shell.state.state === 'ended');
  return (
    <Framed session={session} state={over ? 'ended' : shell.state.state} focus={shell.focus} shell={shell}>
      <div class="terminal-box" ref={shell.box} data-test="debug-box" />
      {over && <Ended session={session} />}
      {cut && (
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

/** No terminal yet, or none any more. */
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
        {status.state === 'ended' && <p>{endText(session, t.looks)}</p>}
      </div>
      {status.state === 'ended' && <Ended session={session} />}
    </Framed>
  );
}

function Ended({ session }: { session: DebugSession }) {
  return (
    <div class="terminal-over" role="status" data-test="debug-ended">
      <span class="grow">{endText(session, t.looks)}</span>
      {session.transcript && (
        <button type="button" onClick={() => openLayer({ kind: 'recording', session })} data-test="debug-recording">
          {t.looks.play}
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
