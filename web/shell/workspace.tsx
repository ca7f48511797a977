/** Everything a logged-in user sees: bar, screen, dock, terminal, and the layers over them. */
import { useEffect } from 'preact/hooks';
import { watchDebug } from '../debug/watch.ts';
import { focusScreen, leaveScreen, painted, showState } from '../screen/control.ts';
import { screenSize } from '../screen/size.ts';
import { desktopFollowsTheme, startDesktop } from '../state/session.ts';
import { asking, desktop } from '../state/store.ts';
import { tellWaiting } from '../state/waiting.ts';
import { debugShown, shellPlace, terminalOpen } from '../terminal/control.ts';
import { lazy } from '../ui/lazy.tsx';
import { closeAllLayers, covered, focusKeeper } from '../ui/layers.ts';
import { openWhenInstalled } from './actions.ts';
import { Bar } from './bar.tsx';
import { Dock } from './dock.tsx';
import { listenForShortcuts } from './keys.ts';
import { Layers } from './layers-view.tsx';
import { Starting } from './starting.tsx';
import { TouchKeys } from './touch-keys.tsx';

const Screen = lazy(() => import('../screen/screen.tsx'));
const TerminalPanel = lazy(() => import('../terminal/terminal-panel.tsx'));
const DebugPanel = lazy(() => import('../terminal/debug-panel.tsx'));

export function Workspace() {
  const start = () => void startDesktop(screenSize());
  useEffect(() => {
    const abort = new AbortController();
    void Screen.preload();
    start();
    listenForShortcuts(abort.signal);
    const settle = openWhenInstalled();
    const unfollow = desktopFollowsTheme();
    const hush = tellWaiting();
    const unwatch = watchDebug();
    focusKeeper.leaving = leaveScreen;
    focusKeeper.returning = focusScreen;
    return () => {
      abort.abort();
      settle();
      unfollow();
      hush();
      unwatch();
      closeAllLayers();
      terminalOpen.value = false;
      shellPlace.value = null;
      debugShown.value = null;
      showState('closed');
    };
  }, []);

  const found = desktop.value;
  const runs = found?.status.state === 'running';
  // The event stream may say "none" before the request for a desktop has arrived.
  const shown = found?.status.state === 'none' && asking.value ? null : found;
  return (
    <main>
      <div class="stage" inert={covered.value} data-test="stage">
        {runs && <Screen key={found.id} />}
        {(!runs || !painted.value) && <Starting desktop={shown} again={start} />}
        <Bar />
        {runs && painted.value && <Dock />}
        {runs && painted.value && <TouchKeys />}
        <div class="over-screen">
          {runs && terminalOpen.value && <TerminalPanel />}
          {debugShown.value !== null && <DebugPanel />}
        </div>
      </div>
      <Layers />
    </main>
  );
}
