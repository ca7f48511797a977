/** The window of one screen, or of one app: tells the main page its size, and ends with it or with the session. */
import { effect, signal } from '@preact/signals';
import type { ScreenLayout } from '#protocol/screens.ts';
import { wanted } from '../screen/size.ts';
import { desktopScreens, isOtherScreen, shownScreen, sizeOwner } from '../screen/view.ts';
import { desktop, session, windows } from '../state/store.ts';
import { t } from '../ui/strings/catalogue.ts';
import type { ScreenAddress } from './address.ts';
import { monitorSize } from './monitors.ts';
import { FromMain, type FromWindow, ScreensChannel } from './messages.ts';

/** A page that reloads is back by then. */
const MAIN_BACK_MS = 6_000;
/** Browsers report no moves of windows. */
const POSITION_MS = 2_000;

/** The desktop has had the screen of this window; if it's gone, the gateway closes the connection, and it's tried again. */
export const hasScreen = signal(false);
/** The main page isn't open. */
export const isAlone = signal(false);

/** Returns a function that ends it. */
export function followMain(address: ScreenAddress, of: string): () => void {
  const { id, app } = address;
  let { main } = address;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const abort = new AbortController();
  const missMain = () => {
    clearTimeout(timer);
    timer = setTimeout(() => (isAlone.value = true), MAIN_BACK_MS);
  };
  const links = new ScreensChannel<FromMain, FromWindow>(of, FromMain, (message) => {
    // A window whose page is gone belongs to the next one.
    if (message.kind === 'main' && isAlone.peek()) ({ main } = message);
    if (message.main !== main) return;
    if (message.kind === 'main_gone') return missMain();
    clearTimeout(timer);
    isAlone.value = false;
    if (message.kind === 'main') sayHere();
    else if (message.kind === 'screens') noteScreens(message.screens);
    else if (message.id === id) window.close();
  });
  // Layouts on the way to another one may lack it.
  const noteScreens = (screens: ScreenLayout) => {
    if (screens.some((screen) => screen.id === id)) hasScreen.value = true;
  };
  const sayHere = () => {
    const { width, height } = wanted.peek();
    const room = app === null ? monitorSize() : { width, height };
    links.post({ kind: 'here', main, id, width, height, room, left: screenX, top: screenY, app });
  };
  let at = '';
  const moved = setInterval(() => {
    const now = `${screenX} ${screenY}`;
    if (now !== at) sayHere();
    at = now;
  }, POSITION_MS);
  isOtherScreen.value = true;
  shownScreen.value = id;
  sizeOwner.value = () => {
    links.post({ kind: 'used', main });
    return false;
  };
  const stops = [
    effect(() => {
      void wanted.value;
      sayHere();
    }),
    // Its own connection hears of the screens, too.
    effect(() => {
      noteScreens(desktopScreens.value);
    }),
    showAsApp(app),
  ];
  missMain();
  window.addEventListener('pagehide', () => links.post({ kind: 'gone', main, id }), { signal: abort.signal });
  return () => {
    abort.abort();
    clearTimeout(timer);
    clearInterval(moved);
    for (const stop of stops) stop();
    links[Symbol.dispose]();
    shownScreen.value = null;
    sizeOwner.value = null;
  };
}

/** Closes this window at a logout, and when the desktop is removed. Returns a function that stops watching. */
export function closeWithSession(): () => void {
  let wasHere = false;
  return effect(() => {
    const isHere = session.value !== null && session.value !== undefined && desktop.value?.status.state !== 'none';
    if (wasHere && !isHere) window.close();
    wasHere = isHere;
  });
}

/** Title and icon of the app's window. */
function showAsApp(app: number | null): () => void {
  return effect(() => {
    const found = windows.value.find(({ id }) => id === app);
    document.title = app === null ? t.screens.title : (found?.title ?? document.title);
    if (found?.iconUrl) document.querySelector('link[rel="icon"]')?.setAttribute('href', found.iconUrl);
  });
}
