/** Notices about launches that have ended and that the user hasn't seen yet. Pure. */
import type { Notice } from '#protocol/events.ts';
import type { Launch, LaunchState } from '#protocol/launch.ts';
import { isSessionWarning } from './session-life.ts';
import { amend, dismiss, isOver, type NoticeBoard } from './world.ts';

const LAUNCH = 'ended ';
const DESKTOP = 'ended with desktop ';

type Finished = Extract<LaunchState, { state: 'finished' }>;

export interface EndedWords {
  readonly launch: (app: string, end: Finished) => string;
  /** For apps that ended together with their desktop. */
  readonly desktop: (apps: readonly string[]) => string;
}

/** Such a notice stays unread until it is opened, dismissed or read in another tab. */
export function isEndNotice({ id }: Pick<Notice, 'id'>): boolean {
  return id.startsWith(LAUNCH) || id.startsWith(DESKTOP);
}

/**
 * The notice to show. Current events come first, in order, then the end of the session, which is shown for minutes; of the
 * ended launches only the last: after a day away, many wait.
 */
export function noticeToShow(waiting: readonly Notice[]): Notice | undefined {
  const current = waiting.filter((notice) => !isEndNotice(notice));
  return current.find((notice) => !isSessionWarning(notice)) ?? current[0] ?? waiting.at(-1);
}

/** The ID of the notice about the end of this launch. */
export function noticeIdOf({ id, desktopId, status }: Launch): string {
  return status.state === 'finished' && status.reason === 'desktop_ended' ? DESKTOP + desktopId : LAUNCH + id;
}

/** The launches that these notices are about. */
export function launchesNotified(notices: readonly string[], launches: readonly Launch[]): readonly string[] {
  const ids = new Set(notices);
  return launches.filter((launch) => launch.unread && ids.has(noticeIdOf(launch))).map(({ id }) => id);
}

/** Adds one notice per launch, or one for all launches that ended with a desktop; removes those read elsewhere. */
export function boardWithEnded(before: NoticeBoard, launches: readonly Launch[], words: EndedWords): NoticeBoard {
  const unread = launches.filter((launch) => launch.unread).toReversed();
  const groups = Map.groupBy(unread, noticeIdOf);
  const read = before.unread.filter((notice) => isEndNotice(notice) && !groups.has(notice.id));
  const after = read.reduce((board, { id }) => dismiss(board, id), before);
  return [...groups]
    .flatMap(([id, [first]]) => (first && noticeOf(id, first, launches, words)) ?? [])
    .toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at))
    .reduce(postOrAmend, after);
}

/** Launches that end with their desktop arrive one by one, so the text of their notice grows. */
function postOrAmend(board: NoticeBoard, notice: Notice): NoticeBoard {
  const known = board.history.find(({ id }) => id === notice.id);
  return known?.text === notice.text ? board : amend(board, notice);
}

function noticeOf(id: string, launch: Launch, launches: readonly Launch[], words: EndedWords): Notice | null {
  if (launch.status.state !== 'finished') return null;
  const { reason, finishedAt: at } = launch.status;
  if (reason === 'desktop_ended') {
    // Includes launches just read elsewhere.
    const together = launches.filter((one) => isOver(one) && noticeIdOf(one) === id).toReversed();
    const apps = [...new Set(together.map(({ appName }) => appName))];
    return { id, level: 'warning', text: words.desktop(apps), launchId: null, at };
  }
  const harmless = reason === 'completed' || reason === 'stopped_by_admin';
  const text = words.launch(launch.appName, launch.status);
  return { id, level: harmless ? 'warning' : 'error', text, launchId: launch.id, at };
}
