/** Signals of everything that more than one part of the UI shows. Changed by the functions of this folder only. */
import type { Preferences } from '#protocol/system.ts';
import type { Session } from '#protocol/user.ts';
import { computed, signal } from '@preact/signals';
import { emptyBoard, emptyWorld, isOver } from './world.ts';

export type Farewell = 'ended' | 'loggedOut' | 'disconnected' | null;

/** `undefined` until the server said who is logged in; null when nobody is. */
export const session = signal<Session | null | undefined>(undefined);
/** Why the login page is shown, when the user was here before. */
export const farewell = signal<Farewell>(null);
/** Set when even the first question to the server failed. */
export const bootFailure = signal<unknown>(null);

export const world = signal(emptyWorld);
export const desktop = computed(() => world.value.desktop);
/** True while a desktop is asked for: that there is none yet is then no news. */
export const asking = signal(false);
export const apps = computed(() => world.value.apps);
export const launches = computed(() => world.value.launches);
export const windows = computed(() => world.value.windows);
export const debugSessions = computed(() => world.value.debug);
export const running = computed(() => world.value.launches.filter((launch) => !isOver(launch)));

export const board = signal(emptyBoard);
/** Whether the event stream stands. */
export const online = signal(true);

export const preferences = signal<Preferences>({ theme: 'system', dock: [], dockHidden: false });
