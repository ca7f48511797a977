/** Coming and going: who is logged in, the desktop's start, the event stream that keeps the store current. */
import { ApiError, isPassing } from '#client/errors.ts';
import type { ServerEvent } from '#protocol/events.ts';
import type { LoginRequest, Session } from '#protocol/user.ts';
import { batch } from '@preact/signals';
import { shownTheme } from '../ui/theme.ts';
import { api, wake } from './api.ts';
import { attempt, sentence, show } from './notices.ts';
import { loadPreferences } from './preferences.ts';
import { asking, board, bootFailure, type Farewell, farewell, online, session, world } from './store.ts';
import { changeWorld, emptyBoard, emptyWorld } from './world.ts';

/** A server that is just being replaced is back in a moment. */
const BOOT_AGAIN_MS = 2_000;

let following: AbortController | null = null;

/** Asks who is logged in; from then on `session` is known. */
export async function boot(): Promise<void> {
  try {
    enter(await api.session.current());
    bootFailure.value = null;
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) {
      session.value = null;
      bootFailure.value = null;
    } else {
      bootFailure.value = error;
      if (isPassing(error)) setTimeout(() => bootFailure.value === error && void boot(), BOOT_AGAIN_MS);
    }
  }
}

export async function login(request: LoginRequest): Promise<void> {
  enter(await api.session.login(request));
}

/** Leaves; everything keeps running. */
export async function disconnect(): Promise<void> {
  await api.session.disconnect();
  leave('disconnected');
}

/** Leaves and removes the desktop. */
export async function logout(): Promise<void> {
  await api.session.logout();
  leave('loggedOut');
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Asks for the desktop in the size of the window; progress arrives as events. */
export async function startDesktop(size: Size): Promise<void> {
  asking.value = true;
  try {
    const found = await api.desktop.start({
      ...size,
      timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      locale: navigator.language,
      dark: shownTheme.value === 'dark',
    });
    world.value = { ...world.value, desktop: found };
  } catch (error) {
    if (expired(error)) return;
    const remedy = error instanceof ApiError && error.remedy ? { remedy: error.remedy } : {};
    const status = {
      state: 'failed' as const,
      reason: error instanceof ApiError ? error.message : sentence(error),
      ...remedy,
    };
    world.value = {
      ...world.value,
      desktop: { id: null, status, trace: null, place: null, entries: { finished: 0, most: null } },
    };
  } finally {
    asking.value = false;
  }
}

/** A new desktop in place of this one: what runs in it ends, files stay. Fails if the old one could not be removed. */
export async function rebuildDesktop(size: Size): Promise<void> {
  asking.value = true;
  try {
    await api.desktop.remove();
  } catch (error) {
    asking.value = false;
    throw error;
  }
  await startDesktop(size);
}

/** From now on the windows in the desktop change with the shell; the theme of the start is part of its request. */
export function desktopFollowsTheme(): () => void {
  let told = shownTheme.peek();
  return shownTheme.subscribe((theme) => {
    if (theme === told) return;
    told = theme;
    void attempt(() => api.desktop.theme(theme === 'dark'));
  });
}

/** True when the failure means that the session is over; then the login page is already on show. */
export function expired(error: unknown): boolean {
  if (!(error instanceof ApiError) || error.code !== 'not_authenticated') return false;
  leave('ended');
  return true;
}

function enter(who: Session): void {
  batch(() => {
    session.value = who;
    farewell.value = null;
    world.value = emptyWorld;
    board.value = emptyBoard;
  });
  void loadPreferences();
  following?.abort();
  following = new AbortController();
  void follow(following.signal);
}

function leave(why: Farewell): void {
  following?.abort();
  following = null;
  batch(() => {
    session.value = null;
    farewell.value = why;
    world.value = emptyWorld;
    online.value = true;
  });
}

async function follow(signal: AbortSignal): Promise<void> {
  const onState = (state: 'open' | 'lost') => {
    online.value = state === 'open';
  };
  try {
    for await (const event of api.events({ signal, wake, onState })) take(event);
  } catch (error) {
    if (!signal.aborted && !expired(error)) bootFailure.value = error;
  }
}

function take(event: ServerEvent): void {
  if (event.type === 'notice') show(event.notice);
  else if (event.type === 'session_ended') leave('disconnected');
  else if (event.type === 'logged_out') leave('loggedOut');
  else world.value = changeWorld(world.value, event);
}
