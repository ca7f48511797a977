/** The state of the user's desktop as reported by the server, and how each event changes it. Pure. */
import type { ClipboardOffer, ClipboardRights } from '#protocol/clipboard.ts';
import type { App } from '#protocol/app.ts';
import type { DebugSession } from '#protocol/debug.ts';
import type { Desktop } from '#protocol/desktop.ts';
import type { Notice, ServerEvent } from '#protocol/events.ts';
import type { Launch } from '#protocol/launch.ts';
import type { MovingRegion } from '#protocol/video.ts';
import type { Window } from '#protocol/window.ts';

export interface World {
  readonly desktop: Desktop | null;
  readonly apps: readonly App[];
  /** Newest first. */
  readonly launches: readonly Launch[];
  /** In the server's order. */
  readonly windows: readonly Window[];
  /** Parts of the screen that can be had as video. */
  readonly moving: readonly MovingRegion[];
  /** Null until the server has said what it allows. */
  readonly clipboard: { readonly rights: ClipboardRights; readonly offer: ClipboardOffer | null } | null;
  /** Debug sessions by the user or on the user's desktop, newest last. */
  readonly debug: readonly DebugSession[];
  /** False until the first list has arrived: until then an empty list means unknown. */
  readonly known: { readonly apps: boolean; readonly launches: boolean };
}

export const emptyWorld: World = {
  desktop: null,
  apps: [],
  launches: [],
  windows: [],
  moving: [],
  clipboard: null,
  debug: [],
  known: { apps: false, launches: false },
};

type Changing = Exclude<ServerEvent, { type: 'notice' | 'print' | 'open' | 'logged_out' | 'session_ended' }>;

/** Unchanged parts keep their identity, so that only views of changed parts render again. */
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
    case 'moving':
      return { ...world, moving: event.regions };
    case 'clipboard':
      return { ...world, clipboard: { rights: event.rights, offer: event.offer } };
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

/** What a launch waits for before it can run, as the engine reports it; null if unknown. */
export function waitingOf({ status }: Pick<Launch, 'status'>): string | null {
  return status.state === 'starting' ? status.detail?.trim() || null : null;
}

/** Notices shown one at a time. Errors stay until they are read, the others disappear automatically. */
export interface NoticeBoard {
  /** Oldest first; the first one is shown. */
  readonly unread: readonly Notice[];
  /** Newest first, at most `HISTORY`. */
  readonly history: readonly Notice[];
}

const HISTORY = 100;
export const emptyBoard: NoticeBoard = { unread: [], history: [] };

/** Ignores known notices: snapshots repeat them. */
export function post(board: NoticeBoard, notice: Notice): NoticeBoard {
  if (board.history.some(({ id }) => id === notice.id)) return board;
  return { unread: [...board.unread, notice].slice(-HISTORY), history: [notice, ...board.history].slice(0, HISTORY) };
}

/** Like `post`, but replaces a notice of the same ID. A read notice stays read. */
export function amend(board: NoticeBoard, notice: Notice): NoticeBoard {
  const replaced = (all: readonly Notice[]) => all.map((one) => (one.id === notice.id ? notice : one));
  return board.history.some(({ id }) => id === notice.id)
    ? { unread: replaced(board.unread), history: replaced(board.history) }
    : post(board, notice);
}

export function dismiss(board: NoticeBoard, id: string): NoticeBoard {
  return { ...board, unread: board.unread.filter((notice) => notice.id !== id) };
}
