/** Notices about waiting launches, and when one is the same as before. Pure. */
import type { Launch } from '#protocol/launch.ts';
import { amend, dismiss, type NoticeBoard, waitingOf } from './world.ts';

const PREFIX = 'waiting ';

/**
 * One notice per launch and reason. Engines alternate between two names of the same reason, in brackets at its end
 * (`ErrImagePull`, `ImagePullBackOff`): after one has been read, the other isn't shown.
 */
function noticeId({ id }: Launch, reason: string): string {
  return `${PREFIX}${id} ${reason.replace(/\s*\(\w+\)\.?$/, '')}`;
}

/** Adds what each launch waits for now and removes the other waiting notices. */
export function boardWithWaiting(
  before: NoticeBoard,
  launches: readonly Launch[],
  words: (app: string, reason: string) => string,
  now: Date,
): NoticeBoard {
  const waiting = launches.flatMap((launch) => {
    const reason = waitingOf(launch);
    return reason === null ? [] : [{ launch, reason, id: noticeId(launch, reason) }];
  });
  const ids = new Set(waiting.map(({ id }) => id));
  const outdated = before.unread.filter(({ id }) => id.startsWith(PREFIX) && !ids.has(id));
  const after = outdated.reduce((changed, { id }) => dismiss(changed, id), before);
  return waiting.reduce((changed, { launch, reason, id }) => {
    const known = changed.history.find((notice) => notice.id === id);
    const text = words(launch.appName, reason);
    if (known?.text === text) return changed;
    const at = known?.at ?? now.toISOString();
    return amend(changed, { id, level: 'warning', text, launchId: launch.id, at });
  }, after);
}
