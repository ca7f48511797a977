/** The page of a logged-in user: bar, screen, dock, terminals, and the layers over them. */
import '@fontsource-variable/inter/wght.css';
import '@fontsource-variable/jetbrains-mono/wght.css';
import { useEffect } from 'preact/hooks';
import { openDebugPrompts } from '../debug/prompts.ts';
import { focusScreen, leaveScreen, painted, screenRefusal, showState } from '../screen/control.ts';
import { wanted, wantedScale } from '../screen/size.ts';
import { desktopFollowsTheme, startDesktop } from '../state/start-desktop.ts';
import { asking, desktop } from '../state/store.ts';
import { notifyEnded } from '../state/notify-ended.ts';
import { notifyWaiting } from '../state/notify-waiting.ts';
import { shownDebugSession, shellTarget, terminalOpen } from '../terminal/control.ts';
import { soundState } from '../sound/control.ts';
import { MicrophoneBanner } from '../sound/microphone-banner.tsx';
import { lazy } from '../ui/lazy.tsx';
import { closeAllLayers, covered, focusKeeper } from '../layers/layers.ts';
import { presentPrints } from '../prints/arrivals.ts';
import { offerDownloads } from '../downloads/watch.ts';
import { openWhenInstalled } from '../apps/actions.ts';
import { followCopiedFiles } from '../files/clipboard.ts';
import { DropZone } from '../files/drop-zone.tsx';
import { openLaunchedFiles, takeLaunchedFiles } from '../files/launched.ts';
import { Transfers } from '../files/transfers.tsx';
import { useUploads } from '../files/use-uploads.ts';
import { openAppOfAddress } from '../apps/app-address.ts';
import { answerOpenRequests } from '../apps/open-with.ts';
import { followScreens } from '../screens/screens.ts';
import { showBadge } from './badge.ts';
import { Bar } from './bar.tsx';
import { Dock } from './dock.tsx';
import { listenForShortcuts } from './keys.ts';
import { Layers } from './layers-view.tsx';
import { Notices } from './notices.tsx';
import { Starting } from './starting.tsx';
import { TouchKeys } from './touch-keys.tsx';
import { TouchLocked } from './touch-locked.tsx';
import './app.css';

const Screen = lazy(() => import('../screen/screen.tsx'));
const TerminalPanel = lazy(() => import('../terminal/terminal-panel.tsx'));
const DebugPanel = lazy(() => import('../debug/debug-terminal.tsx'));

/** Returns a function that ends it. */
function listenToDesktop(): () => void {
  const abort = new AbortController();
  const start = async () => {
    const { listen } = await import('../sound/listen.ts');
    await listen(abort.signal);
  };
  start().catch((error: unknown) => (soundState.value = { state: 'refused', error }));
  return () => abort.abort();
}

export default function Workspace() {
  const start = () => void startDesktop(wanted.peek(), () => wantedScale.peek());
  useEffect(() => {
    const abort = new AbortController();
    void Screen.preload();
    start();
    listenForShortcuts(abort.signal);
    const stopInstalls = openWhenInstalled();
    const stopTheme = desktopFollowsTheme();
    const stopWaiting = notifyWaiting();
    const stopEnded = notifyEnded();
    const stopPrompts = openDebugPrompts();
    const stopPrints = presentPrints();
    const stopDownloads = offerDownloads();
    const stopOpening = answerOpenRequests();
    takeLaunchedFiles();
    const stopAddress = openAppOfAddress(openLaunchedFiles);
    const stopCopied = followCopiedFiles();
    const hideBadge = showBadge();
    focusKeeper.leaving = leaveScreen;
    focusKeeper.returning = focusScreen;
    return () => {
      abort.abort();
      stopInstalls();
      stopTheme();
      stopWaiting();
      stopEnded();
      stopPrompts();
      stopPrints();
      stopDownloads();
      stopOpening();
      stopAddress();
      stopCopied();
      hideBadge();
      closeAllLayers();
      terminalOpen.value = false;
      shellTarget.value = null;
      shownDebugSession.value = null;
      showState('closed');
    };
  }, []);

  useUploads();

  const found = desktop.value;
  const runs = found?.status.state === 'running';
  const running = runs ? found.id : null;
  useEffect(() => (running === null ? undefined : followScreens(running)), [running]);
  const heard = runs && painted.value ? found.id : null;
  useEffect(() => (heard === null ? undefined : listenToDesktop()), [heard]);
  // The event stream may say "none" before the request for a desktop has arrived.
  const shown = found?.status.state === 'none' && asking.value ? null : found;
  return (
    <>
      <main>
        <div class="stage" inert={covered.value} data-test="stage">
          {runs && <Screen key={found.id} />}
          {(!runs || (!painted.value && screenRefusal.value === null)) && <Starting desktop={shown} restart={start} />}
          <Bar />
          {runs && painted.value && <Dock />}
          {runs && painted.value && <TouchKeys />}
          {runs && painted.value && <TouchLocked />}
          <div class="over-screen">
            {runs && terminalOpen.value && <TerminalPanel />}
            {shownDebugSession.value !== null && <DebugPanel />}
          </div>
        </div>
        <Layers />
      </main>
      <MicrophoneBanner />
      <Transfers />
      {runs && <DropZone />}
      <Notices />
    </>
  );
}
