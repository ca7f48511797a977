/** The window of the web shell, which runs in the desktop or in one launch. */
import { useState } from 'preact/hooks';
import { subjectOfLaunch } from '../layers/debug-subject.ts';
import { focusScreen } from '../screen/control.ts';
import { launches } from '../state/store.ts';
import { openLayer } from '../layers/layers.ts';
import { isTouch } from '../ui/pointer.ts';
import { t } from '../ui/strings/catalogue.ts';
import { type ShellTarget, shellTarget, terminalOpen } from './control.ts';
import { FloatingPanel } from './floating-panel.tsx';
import { noProgram } from './reopen.ts';
import { useShell } from './use-shell.ts';

export default function TerminalPanel() {
  const target = shellTarget.value;
  return <ShellPanel key={target?.launchId ?? ''} target={target} />;
}

function ShellPanel({ target }: { target: ShellTarget | null }) {
  const [round, setRound] = useState(0);
  const shell = useShell(target ? { in: 'launch', id: target.launchId } : { in: 'desktop' }, round);
  const { state } = shell;
  const close = () => {
    terminalOpen.value = false;
    shellTarget.value = null;
    queueMicrotask(focusScreen);
  };
  const lost = !target || shell.connected ? t.terminal.lost : t.terminal.refused(target.name);
  return (
    <FloatingPanel
      title={target ? t.terminal.titleIn(target.name) : t.terminal.title}
      note={isTouch() ? t.terminal.leaveTouch : t.terminal.leave}
      state={state.state}
      test="terminal"
      focus={shell.focus}
      close={close}
    >
      <div class="terminal-box" ref={shell.box} data-test="terminal-box" />
      {(state.state === 'ended' || state.state === 'lost') && (
        <div class="terminal-over" role="status">
          <span class="grow">
            {state.state === 'lost'
              ? (state.message ?? lost)
              : target && noProgram(state.exitCode)
                ? t.terminal.noShell(target.name)
                : t.terminal.ended(state.exitCode)}
          </span>
          {target && <ToolboxInstead launchId={target.launchId} close={close} />}
          <button type="button" onClick={() => setRound(round + 1)} data-test="terminal-again">
            {t.terminal.again}
          </button>
        </div>
      )}
    </FloatingPanel>
  );
}

/** An image without a shell can be debugged with a toolbox. */
function ToolboxInstead({ launchId, close }: { launchId: string; close: () => void }) {
  const launch = launches.value.find(({ id }) => id === launchId);
  if (!launch) return null;
  const put = () => {
    close();
    openLayer({ kind: 'debug', subject: subjectOfLaunch(launch), verb: 'toolbox' });
  };
  return (
    <button type="button" onClick={put} data-test="terminal-toolbox">
      {t.debug.toolboxInstead}
    </button>
  );
}
