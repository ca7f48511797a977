/** What the server told about the user's desktop, and how each event changes it. Pure: tests feed it events. */
import type { App } from '#protocol/app.ts';
import type { DebugSession } from '#protocol/debug.ts';
import type { Desktop } from '#protocol/desktop.ts';
import type { Notice, ServerEvent } from '#protocol/events.ts';
import type { Launch } from '#protocol/launch.ts';
import type { Window } from '#protocol/window.ts';

export interface World {
  readonly desktop: Desktop | null;
  readonly apps: readonly App[];
  /** Newest first. */
  readonly launches: readonly Launch[];
  /** As the server orders them. */
  readonly windows: readonly Window[];
  /** Looks into what runs, by the user or at the user's desktop: those of this login, newest last. */
  readonly debug: readonly DebugSession[];
  /** False until the first list arrived: an empty list then means something else. */
  readonly known: { readonly apps: boolean; readonly launches: boolean };
}

export const emptyWorld: World = {
  desktop: null,
  apps: [],
  launches: [],
  windows: [],
  debug: [],
  known: { apps: false, launches: false },
};

type Changing = Exclude<ServerEvent, { type: 'notice' | 'logged_out' | 'session_ended' }>;

/** A part that did not change keeps its identity, so that only what shows it is drawn again. */
export function changeWorld(world: World, event: Changing): World {
  switch (event.type) {
    case 'desktop':
      return { ...world, desktop: event.desktop };
    case 'launches':
      return { ...world, launches: newestFirst(event.launches), known: { ...world.known, launches: true } };
    case 'launch':
      return { ...world, launches: newestFirst(replaced(world.launches, event.launch)) };
    case 'launch_removed':
      return { ...world, launches: world.launches.filter(({ id }) => id !== event.id) };
    case 'windows':
      return { ...world, windows: event.windows };
    case 'apps':
      return { ...world, apps: event.apps, known: { ...world.known, apps: true } };
    case 'app':
      return { ...world, apps: replaced(world.apps, event.app) };
    case 'debug':
      return { ...world, debug: replaced(world.debug, event.session) };
    default:
      return event satisfies never;
  }
}

function replaced<Item extends { readonly id: string }>(items: readonly Item[], item: Item): readonly Item[] {
  const at = items.findIndex(({ id }) => id === item.id);
  return at < 0 ? [...items, item] : items.with(at, item);
}

function newestFirst(launches: readonly Launch[]): readonly Launch[] {
  return launches.toSorted((a, b) => Date.parse(b.startedAt) - Date.parse(a.startedAt));
}

export const isOver = (launch: Launch): boolean => launch.status.state === 'finished';

/** What a launch waits for before it can run, in the engine's words; null when it waits for nothing in particular. */
export function waitingOf({ status }: Pick<Launch, 'status'>): string | null {
  return status.state === 'starting' ? status.detail?.trim() || null : null;
}

/** Notices shown one at a time; those of level error stay until they are read, the others leave by themselves. */
export interface NoticeBoard {
  /** Oldest unread first: the first is on show. */
  readonly unread: readonly Notice[];
  /** Newest first, at most `HISTORY`. */
  readonly history: readonly Notice[];
}

const HISTORY = 100;
export const emptyBoard: NoticeBoard = { unread: [], history: [] };

/** A notice that is known already (a snapshot repeats them) changes nothing. */
export function post(board: NoticeBoard, notice: Notice): NoticeBoard {
  if (board.history.some(({ id }) => id === notice.id)) return board;
  return { unread: [...board.unread, notice].slice(-HISTORY), history: [notice, ...board.history].slice(0, HISTORY) };
}

/** Like `post`, but a notice of this id is there once: while it is unread its words are replaced, read ones stay read. */
export function amend(board: NoticeBoard, notice: Notice): NoticeBoard {
  const replaced = (all: readonly Notice[]) => all.map((one) => (one.id === notice.id ? notice : one));
  return board.history.some(({ id }) => id === notice.id)
    ? { unread: replaced(board.unread), history: replaced(board.history) }
    : post(board, notice);
}

export function dismiss(board: NoticeBoard, id: string): NoticeBoard {
  return { ...board, unread: board.unread.filter((notice) => notice.id !== id) };
}
