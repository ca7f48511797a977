/** Signals for everything that several parts of the UI show. Only functions of this folder change them. */
import type { Print } from '#protocol/print.ts';
import type { ServerEvent } from '#protocol/events.ts';
import type { Preferences } from '#protocol/system.ts';
import type { Session } from '#protocol/user.ts';
import { computed, signal } from '@preact/signals';
import { emptyBoard, emptyWorld, isOver } from './world.ts';

export type Farewell =
  | 'ended'
  | 'loggedOut'
  | 'loggedOutKept'
  | 'loggedOutLost'
  | 'disconnected'
  | 'revoked'
  | 'everywhere'
  | 'linkOver'
  | null;

export type OpenEvent = Extract<ServerEvent, { type: 'open' }>;

/** `undefined` until the server has answered; null if not logged in. */
export const session = signal<Session | null | undefined>(undefined);
/** Why the login page is shown again. */
export const farewell = signal<Farewell>(null);
/** Set if the first request to the server failed. */
export const bootFailure = signal<unknown>(null);

export const world = signal(emptyWorld);
export const desktop = computed(() => world.value.desktop);
/** True while a desktop is being requested: the state `none` is expected then. */
export const asking = signal(false);
export const apps = computed(() => world.value.apps);
export const launches = computed(() => world.value.launches);
export const windows = computed(() => world.value.windows);
export const moving = computed(() => world.value.moving);
export const clipboardState = computed(() => world.value.clipboard);
export const debugSessions = computed(() => world.value.debug);
export const running = computed(() => world.value.launches.filter((launch) => !isOver(launch)));

export const board = signal(emptyBoard);
/** The last request of a program in the desktop to open something, for the page to answer. */
export const openRequest = signal<OpenEvent | null>(null);
/** Whether the event stream is connected. */
export const online = signal(true);

export const preferences = signal<Preferences>({
  theme: 'system',
  dock: [],
  dockHidden: false,
  printDialog: true,
  offerDownloads: true,
  openWith: {},
  language: 'system',
  picture: 'auto',
  touch: 'direct',
  scale: 'auto',
});

/** What apps have printed and the page hasn't presented yet. */
export const arrivedPrints = signal<readonly { readonly print: Print; readonly missed: boolean }[]>([]);
/** How many prints have arrived at this page. */
export const printCount = signal(0);
