/** The notices of launches that wait: which there are, and when one is the same as before. Pure. */
import type { Launch } from '#protocol/launch.ts';
import { amend, dismiss, type NoticeBoard, waitingOf } from './world.ts';

const PREFIX = 'waiting ';

/**
 * One notice a reason and launch. Engines put the same reason in turns under two names, in brackets at its end
 * (`ErrImagePull`, `ImagePullBackOff`): who has read one is not told again for the other.
 */
function noticeId({ id }: Launch, reason: string): string {
  return `${PREFIX}${id} ${reason.replace(/\s*\(\w+\)\.?$/, '')}`;
}

/** The board with what each launch waits for now, and without what none waits for any more. */
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
  const over = before.unread.filter(({ id }) => id.startsWith(PREFIX) && !ids.has(id));
  const after = over.reduce((changed, { id }) => dismiss(changed, id), before);
  return waiting.reduce((changed, { launch, reason, id }) => {
    const known = changed.history.find((notice) => notice.id === id);
    const text = words(launch.appName, reason);
    if (known?.text === text) return changed;
    const at = known?.at ?? now.toISOString();
    return amend(changed, { id, level: 'warning', text, launchId: launch.id, at });
  }, after);
}
