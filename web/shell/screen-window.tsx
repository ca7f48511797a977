/** The page of one screen, or of one app's window, without the shell. */
import { useEffect } from 'preact/hooks';
import { focusScreen, leaveScreen, showState } from '../screen/control.ts';
import type { ScreenAddress } from '../screens/address.ts';
import { closeWithSession, followMain, hasScreen, isAlone } from '../screens/window.ts';
import { desktop } from '../state/store.ts';
import { lazy } from '../ui/lazy.tsx';
import { t } from '../ui/strings/catalogue.ts';
import { focusKeeper } from '../layers/layers.ts';
import { Notices } from './notices.tsx';
import './screen-window.css';

const Screen = lazy(() => import('../screen/screen.tsx'));

export default function ScreenWindow({ address }: { address: ScreenAddress }) {
  const found = desktop.value;
  const runs = found?.status.state === 'running' ? found.id : null;
  useEffect(() => {
    void Screen.preload();
    focusKeeper.leaving = leaveScreen;
    focusKeeper.returning = focusScreen;
    const stop = closeWithSession();
    return () => {
      stop();
      showState('closed');
    };
  }, []);
  useEffect(() => (runs === null ? undefined : followMain(address, runs)), [runs]);
  return (
    <>
      <main class="screen-window" data-test="screen-window" data-ready={hasScreen.value}>
        {runs !== null && hasScreen.value && <Screen key={runs} />}
        {!hasScreen.value && !isAlone.value && (
          <p role="status" class="screen-window-note glass">
            {t.screens.waiting}
          </p>
        )}
        {isAlone.value && (
          <p role="status" class="screen-window-note glass" data-test="screen-alone">
            {t.screens.alone}
          </p>
        )}
      </main>
      <Notices />
    </>
  );
}
