/** Login and logout, and the event stream that keeps the store up to date. */
import { ApiError, isPassing } from '#client/errors.ts';
import type { ServerEvent } from '#protocol/events.ts';
import { LOGIN_FRAGMENT, type LoginRequest, type Session } from '#protocol/user.ts';
import { batch } from '@preact/signals';
import { api, login as loginEvents, wake } from './api.ts';
import { keepSession } from './keep-session.ts';
import { say, show } from './notices.ts';
import { errorText } from '../ui/error-text.ts';
import { loadPreferences } from './preferences.ts';
import {
  arrivedPrints,
  board,
  bootFailure,
  type Farewell,
  farewell,
  online,
  openRequest,
  printCount,
  session,
  world,
} from './store.ts';
import { changeWorld, emptyBoard, emptyWorld } from './world.ts';

/** A server that is being replaced is back within moments. */
const BOOT_RETRY_MS = 2_000;

let following: AbortController | null = null;
/** Why this page itself is ending the session. */
let requested: Farewell = null;

/** Asks who is logged in. Afterwards `session` is known, and any 401 ends it. */
export async function boot(): Promise<void> {
  loginEvents.addEventListener('refused', endIfHere);
  // Of the same page, which doesn't load again for another fragment.
  window.addEventListener('hashchange', () => isLoginLink() && location.reload());
  try {
    const used = await useLoginLink();
    enter(used ?? (await api.session.current()));
    bootFailure.value = null;
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) {
      session.value = null;
      bootFailure.value = null;
    } else {
      bootFailure.value = error;
      if (isPassing(error)) setTimeout(() => bootFailure.value === error && void boot(), BOOT_RETRY_MS);
    }
  }
}

function isLoginLink(): boolean {
  return location.hash.startsWith(LOGIN_FRAGMENT);
}

/** Logs in with the link that the server printed, if this page was opened by it. */
async function useLoginLink(): Promise<Session | null> {
  if (!isLoginLink()) return null;
  const token = location.hash.slice(LOGIN_FRAGMENT.length);
  // It must not stay in the history.
  history.replaceState(null, '', location.pathname + location.search);
  try {
    return await api.session.login({ provider: 'link', token });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    farewell.value = 'linkOver';
    return null;
  }
}

export async function login(request: LoginRequest): Promise<void> {
  enter(await api.session.login(request));
}

/** The desktop keeps running. */
export async function disconnect(): Promise<void> {
  await ending('disconnected', api.session.disconnect);
}

/** Removes the desktop. */
export async function logout(): Promise<void> {
  await ending(loggedOut(), api.session.logout);
}

/** Ends all sessions, also those of other browsers; the desktop keeps running. */
export async function logoutEverywhere(): Promise<void> {
  await ending('everywhere', api.session.endAll);
}

/** The event stream may report the end before the server answers: the page shows what its user asked for. */
async function ending(why: Farewell, request: () => Promise<unknown>): Promise<void> {
  const who = session.peek();
  requested = why;
  try {
    await request();
    if (session.peek() === who) leave(why);
  } finally {
    requested = null;
  }
}

/** True if the error means that the session has ended; the login page is shown then. */
export function expired(error: unknown): boolean {
  if (!(error instanceof ApiError) || error.code !== 'not_authenticated') return false;
  leave('ended');
  return true;
}

/** Another tab may have extended the session without this server knowing. */
async function stillHere(): Promise<void> {
  await api.session.current().catch(expired);
}

function enter(who: Session): void {
  batch(() => {
    session.value = who;
    farewell.value = null;
    world.value = emptyWorld;
    board.value = emptyBoard;
    openRequest.value = null;
  });
  void loadPreferences();
  following?.abort();
  following = new AbortController();
  void follow(following.signal);
  keepSession(who, expired, following.signal);
}

function endIfHere(): void {
  if (session.peek()) leave('ended');
}

/** Says what happened to the files, if known. */
function loggedOut(): Farewell {
  const home = world.value.desktop?.home;
  return home === 'kept' ? 'loggedOutKept' : home === 'lost' ? 'loggedOutLost' : 'loggedOut';
}

function leave(why: Farewell): void {
  following?.abort();
  following = null;
  batch(() => {
    session.value = null;
    farewell.value = requested ?? why;
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
    if (signal.aborted || expired(error)) return;
    bootFailure.value = error;
    online.value = false;
    say('error', errorText(error));
  }
}

function arrive({ print, missed }: Extract<ServerEvent, { type: 'print' }>): void {
  arrivedPrints.value = [...arrivedPrints.peek(), { print, missed }];
  printCount.value += 1;
}

function take(event: ServerEvent): void {
  if (event.type === 'notice') show(event.notice);
  else if (event.type === 'print') arrive(event);
  else if (event.type === 'open') openRequest.value = event;
  else if (event.type === 'session_ended' && event.why === 'over') void stillHere();
  else if (event.type === 'session_ended') leave(event.why === 'revoked' ? 'revoked' : 'disconnected');
  else if (event.type === 'logged_out') leave(loggedOut());
  else world.value = changeWorld(world.value, event);
}
