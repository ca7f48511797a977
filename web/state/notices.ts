/** Notifications: reports of the server and errors of this page on one board. */
import type { Notice } from '#protocol/events.ts';
import { errorText } from '../ui/error-text.ts';
import { api } from './api.ts';
import { launchesNotified } from './ended-notices.ts';
import { board, launches } from './store.ts';
import { dismiss, post } from './world.ts';

let created = 0;
/** How the ids of notices of this page begin. */
const HERE = 'here-';

/** Of this page alone, not of the server. */
export const isFromHere = (id: string): boolean => id.startsWith(HERE);

export interface NoticeAction {
  readonly label: string;
  readonly run: () => void;
}

/** Of notices of this page, by their ID. */
const actions = new Map<string, NoticeAction>();
const MOST_ACTIONS = 20;

export const actionOf = (id: string): NoticeAction | null => actions.get(id) ?? null;

export function show(notice: Notice): void {
  board.value = post(board.value, notice);
}

export function say(level: Notice['level'], text: string, launchId: string | null = null): void {
  created += 1;
  show({ id: `${HERE}${created}`, level, text, launchId, at: new Date().toISOString() });
}

/** The last notice about each topic. */
const topics = new Map<string, string>();

/**
 * A notice that takes the place of the last one about the same topic, so that its button, for example Undo, is at hand. The
 * button works once.
 */
export function sayAbout(topic: string, level: Notice['level'], text: string, action: NoticeAction | null): void {
  const before = topics.get(topic);
  if (before !== undefined) dismissNotices([before]);
  const id = `${HERE}${created + 1}`;
  topics.set(topic, id);
  if (action !== null) {
    const run = () => {
      actions.delete(id);
      dismissNotices([id]);
      action.run();
    };
    actions.set(id, { label: action.label, run });
  }
  for (const old of [...actions.keys()].slice(0, -MOST_ACTIONS)) actions.delete(old);
  say(level, text);
}

/** Marks them as read; those about ended launches in every tab and permanently. */
export function dismissNotices(ids: readonly string[]): void {
  const launchIds = launchesNotified(ids, launches.value);
  board.value = ids.reduce(dismiss, board.value);
  if (launchIds.length > 0) void attempt(() => api.launches.read(launchIds));
}

/** Runs an action of the user. A failure becomes a notice. Resolves to whether it succeeded. */
export async function attempt(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    say('error', errorText(error));
    return false;
  }
}

export const copyText = (text: string): Promise<boolean> => attempt(() => navigator.clipboard.writeText(text));
