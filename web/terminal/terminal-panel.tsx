/** The web shell's window over the desktop: in the desktop, or in one launch. */
import { useState } from 'preact/hooks';
import { aimAtLaunch } from '../debug/aim.ts';
import { focusScreen } from '../screen/control.ts';
import { launches } from '../state/store.ts';
import { openLayer } from '../ui/layers.ts';
import { t } from '../ui/strings/catalogue.ts';
import { type ShellPlace, shellPlace, terminalOpen } from './control.ts';
import { FloatingPanel } from './floating-panel.tsx';
import { noProgram } from './reopen.ts';
import { useShell } from './use-shell.ts';

export default function TerminalPanel() {
  const place = shellPlace.value;
  return <ShellPanel key={place?.launchId ?? ''} place={place} />;
}

function ShellPanel({ place }: { place: ShellPlace | null }) {
  const [round, setRound] = useState(0);
  const shell = useShell(place ? { in: 'launch', id: place.launchId } : { in: 'desktop' }, round);
  const { state } = shell;
  const close = () => {
    terminalOpen.value = false;
    shellPlace.value = null;
    queueMicrotask(focusScreen);
  };
  const lost = !place || shell.stood ? t.terminal.lost : t.terminal.refused(place.name);
  return (
    <FloatingPanel
      title={place ? t.terminal.titleIn(place.name) : t.terminal.title}
      note={t.terminal.leave}
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
              : place && noProgram(state.exitCode)
                ? t.terminal.noShell(place.name)
                : t.terminal.ended(state.exitCode)}
          </span>
          {place && <ToolboxInstead launchId={place.launchId} close={close} />}
          <button type="button" onClick={() => setRound(round + 1)} data-test="terminal-again">
            {t.terminal.again}
          </button>
        </div>
      )}
    </FloatingPanel>
  );
}

/** An image without a shell can be looked into all the same. */
function ToolboxInstead({ launchId, close }: { launchId: string; close: () => void }) {
  const launch = launches.value.find(({ id }) => id === launchId);
  if (!launch) return null;
  const put = () => {
    close();
    openLayer({ kind: 'debug', aim: aimAtLaunch(launch), verb: 'toolbox' });
  };
  return (
    <button type="button" onClick={put} data-test="terminal-toolbox">
      {t.debug.instead}
    </button>
  );
}
