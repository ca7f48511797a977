/** The page of one screen, or of one app's window, without the shell. */
import { useEffect, useRef } from 'preact/hooks';
import { focusScreen, leaveScreen, showState } from '../screen/control.ts';
import { fitFrame } from '../screen/size.ts';
import type { ScreenAddress } from '../screens/address.ts';
import { closeWithSession, followMain, hasScreen, isAlone } from '../screens/window.ts';
import { board, desktop } from '../state/store.ts';
import { lazy } from '../ui/lazy.tsx';
import { t } from '../ui/strings/catalogue.ts';
import { focusKeeper } from '../layers/layers.ts';
import { dismissNotices, isFromHere } from '../state/notices.ts';
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
    <main class="screen-window" data-test="screen-window" data-ready={hasScreen.value}>
      {runs !== null && hasScreen.value && <Screen key={runs} />}
      {runs !== null && !hasScreen.value && <Measure />}
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
      <OwnNotice />
    </main>
  );
}

/** Of this window alone: the main page shows those of the server. */
function OwnNotice() {
  const own = board.value.unread.find(({ id }) => isFromHere(id));
  if (own === undefined) return null;
  return (
    <div role="alert" class="screen-window-note glass">
      {own.text}{' '}
      <button type="button" onClick={() => dismissNotices([own.id])}>
        {t.notices.dismiss}
      </button>
    </div>
  );
}

/** The place of the screen, whose size the desktop needs before it has the screen. */
function Measure() {
  const frame = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const abort = new AbortController();
    if (frame.current) fitFrame(frame.current, abort.signal);
    return () => abort.abort();
  }, []);
  return (
    <div class="screen-place">
      <div ref={frame} />
    </div>
  );
}
