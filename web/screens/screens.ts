/** The main page's other screens, each in a browser window of its own. The page decides the layout of all of them. */
import { batch, effect, signal } from '@preact/signals';
import { MAX_SCREENS } from '#protocol/screens.ts';
import type { Window } from '#protocol/window.ts';
import { actOnWindow } from '../apps/actions.ts';
import { wanted } from '../screen/size.ts';
import { desktopScreens, refusedScreens, shownScreen, sizeOwner, viewersLeft, wantedScreens } from '../screen/view.ts';
import { say } from '../state/notices.ts';
import { windows } from '../state/store.ts';
import { serverUrl } from '../ui/server-url.ts';
import { readStored, writeStored } from '../ui/stored.ts';
import { t } from '../ui/strings/catalogue.ts';
import { screenPath } from './address.ts';
import { arrange, isSameLayout, type Placed } from './arrangement.ts';
import { type FromMain, FromWindow, ScreensChannel } from './messages.ts';
import { monitorSize, placeForWindow } from './monitors.ts';

/** The main page's own screen; Xvnc's first one has this id, too. */
const MAIN = 0;
/** While the user drags the edge of a window. */
const ARRANGE_MS = 150;
/** How long windows may take to say that they are still there. */
const ROLL_CALL_MS = 2_000;
const KEY = 'deskpod-main';
const HAS_OTHERS = 'deskpod-main-screens';
/** The list of windows is empty for a moment when the server connects to the desktop again. */
const APP_GONE_MS = 2_000;

export interface OtherScreen extends Placed {
  /** Of the browser window on the user's monitors. */
  readonly left: number;
  readonly top: number;
  /** The X window that it shows alone; null for a screen. */
  readonly app: number | null;
}

/** By id. */
export const otherScreens = signal<ReadonlyMap<number, OtherScreen>>(new Map());
const pages = new Map<number, WindowProxy>();
let channel: ScreensChannel<FromWindow, FromMain> | null = null;

/** Of this tab; a reload keeps it, so that the windows find their page again. */
function nameOfPage(): string {
  const name = readStored('session', KEY) ?? crypto.randomUUID?.() ?? String(Math.random()).slice(2);
  writeStored('session', KEY, name);
  return name;
}

/** Opens a screen, on a monitor that has none if the browser tells; its window reports when it's there. */
export async function addScreen(): Promise<void> {
  const id = freeId();
  if (id === null) return say('warning', t.screens.most(MAX_SCREENS));
  // It may ask for a permission; browsers open windows only for some seconds after a click.
  const place = await placeForWindow([...otherScreens.peek().values()]);
  open(id, null, place);
}

export function popOut({ id: app }: Window): void {
  const shown = [...otherScreens.peek().values()].find((screen) => screen.app === app);
  if (shown !== undefined) return pages.get(shown.id)?.focus();
  const id = freeId();
  if (id === null) return say('warning', t.screens.most(MAX_SCREENS));
  open(id, app, { left: screenX + 60, top: screenY + 60, width: 900, height: 640 });
}

/** Its window closes, and the app's window returns to the main screen. */
export function pullBack(app: number): void {
  const shown = [...otherScreens.peek().values()].find((screen) => screen.app === app);
  if (shown !== undefined) close(shown.id);
}

function freeId(): number | null {
  const taken = new Set([MAIN, ...pages.keys(), ...otherScreens.peek().keys()]);
  const free = Array.from({ length: MAX_SCREENS }, (_, id) => id).find((id) => !taken.has(id));
  return free ?? null;
}

function open(
  id: number,
  app: number | null,
  place: { readonly left: number; readonly top: number; readonly width: number; readonly height: number },
): void {
  const url = serverUrl(screenPath({ id, main: nameOfPage(), app }));
  const features = `popup,left=${place.left},top=${place.top},width=${place.width},height=${place.height}`;
  const page = window.open(url, `deskpod-screen-${id}`, features);
  if (page === null) return say('warning', t.screens.blocked);
  pages.set(id, page);
}

function close(id: number): void {
  channel?.post({ kind: 'close', main: nameOfPage(), id });
  pages.get(id)?.close();
  forget(id);
}

function forget(id: number): void {
  pages.delete(id);
  const before = otherScreens.peek().get(id);
  if (before === undefined) return;
  otherScreens.value = new Map([...otherScreens.peek()].filter(([other]) => other !== id));
  const { app } = before;
  if (app !== null && windows.peek().some((window) => window.id === app))
    void actOnWindow(app, { action: 'pull_back' });
}

/** For as long as the desktop `of` is shown. Returns a function that ends it; the windows then wait for another page. */
export function followScreens(of: string): () => void {
  const main = nameOfPage();
  const abort = new AbortController();
  const links = new ScreensChannel<FromWindow, FromMain>(of, FromWindow, (message) => {
    if (message.main !== main) return;
    if (message.kind === 'gone') forget(message.id);
    else if (message.kind === 'used') sizeOwner.peek()?.();
    else if (message.id !== MAIN) {
      otherScreens.value = new Map([...otherScreens.peek(), [message.id, message]]);
      tellScreens();
    }
  });
  const tellScreens = () => links.post({ kind: 'screens', main, screens: [...desktopScreens.peek()] });
  channel = links;
  const stops = [
    followLayout(),
    effect(() => {
      void desktopScreens.value;
      tellScreens();
    }),
    effect(() => {
      const reason = refusedScreens.value;
      if (reason !== null) say('error', t.screens.refused(reason));
    }),
    effect(() => void (viewersLeft.value > 0 && callRoll(() => links.post({ kind: 'main', main })))),
    fillScreensOfApps(),
    closeWithApps(),
  ];
  links.post({ kind: 'main', main });
  const leave = () => links.post({ kind: 'main_gone', main });
  window.addEventListener('pagehide', leave, { signal: abort.signal });
  return () => {
    abort.abort();
    leave();
    for (const stop of stops) stop();
    links[Symbol.dispose]();
    channel = null;
    batch(() => {
      otherScreens.value = new Map();
      [wantedScreens.value, shownScreen.value, sizeOwner.value] = [null, null, null];
    });
  };
}

/** Once there was another screen, this page says the layout of all, also when it is alone again. */
function followLayout(): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  // A page that was reloaded leaves the desktop its screens until their windows had time to answer.
  let wait = readStored('session', HAS_OTHERS) === null ? ARRANGE_MS : ROLL_CALL_MS;
  if (wait === ROLL_CALL_MS) sizeOwner.value = askAgain;
  const lay = () => {
    const { width, height } = wanted.peek();
    const others = [...otherScreens.peek().values()];
    // Those of apps are the ones whose place may change: their windows go with them.
    const inOrder = others.toSorted((a, b) => Number(a.app !== null) - Number(b.app !== null) || a.id - b.id);
    const next = arrange([{ id: MAIN, width, height, room: monitorSize() }, ...inOrder]);
    writeStored('session', HAS_OTHERS, others.length > 0 ? 'yes' : null);
    batch(() => {
      sizeOwner.value = askAgain;
      shownScreen.value = otherScreens.peek().size > 0 ? MAIN : null;
      if (wantedScreens.peek() === null || !isSameLayout(next, wantedScreens.peek() ?? [])) wantedScreens.value = next;
    });
  };
  const stop = effect(() => {
    const isAlone = otherScreens.value.size === 0 && sizeOwner.peek() === null;
    void wanted.value;
    if (isAlone) return;
    if (otherScreens.value.size > 0) wait = ARRANGE_MS;
    clearTimeout(timer);
    timer = setTimeout(lay, wait);
  });
  return () => {
    clearTimeout(timer);
    stop();
  };
}

/** After another viewer has given the desktop its own size. */
function askAgain(): boolean {
  const screens = wantedScreens.peek();
  if (screens === null || isSameLayout(screens, desktopScreens.peek())) return false;
  wantedScreens.value = [...screens];
  return true;
}

/** Forgets the windows that don't answer: a viewer has left, and not every window can say so. */
function callRoll(call: () => void): void {
  const before = otherScreens.peek();
  if (before.size === 0) return;
  call();
  setTimeout(() => {
    // Each answer has replaced what was known of its window.
    for (const [id, screen] of before) if (otherScreens.peek().get(id) === screen) forget(id);
  }, ROLL_CALL_MS);
}

/** Moves each app's window to its screen, and again when that has another place or size. */
function fillScreensOfApps(): () => void {
  const filled = new Map<number, string>();
  return effect(() => {
    for (const { id, app } of otherScreens.value.values()) {
      const area = desktopScreens.value.find((screen) => screen.id === id);
      if (app === null || area === undefined || !windows.peek().some((window) => window.id === app)) continue;
      const { x, y, width, height } = area;
      const place = [x, y, width, height].join();
      if (filled.get(app) === place) continue;
      filled.set(app, place);
      void actOnWindow(app, { action: 'pop_out', area: { x, y, width, height } });
    }
    for (const app of filled.keys())
      if (![...otherScreens.value.values()].some((screen) => screen.app === app)) filled.delete(app);
  });
}

function closeWithApps(): () => void {
  const seen = new Set<number>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const closeThose = () => {
    for (const { id, app } of otherScreens.peek().values())
      if (app !== null && seen.has(app) && !windows.peek().some((window) => window.id === app)) close(id);
  };
  const stop = effect(() => {
    for (const window of windows.value) seen.add(window.id);
    clearTimeout(timer);
    timer = setTimeout(closeThose, APP_GONE_MS);
  });
  return () => {
    clearTimeout(timer);
    stop();
  };
}
