/** When the frames of a picture are due: at a steady rate, without catching up what was late. */
import { setTimeout as delay } from 'node:timers/promises';

/** A frame that is later than this many periods moves those after it. */
const MOST_LATE = 3;

/** Yields the number of each frame when it is due, for `ms` milliseconds. */
export async function* frames(perSecond: number, ms: number): AsyncGenerator<number> {
  const period = 1000 / perSecond;
  const begun = performance.now();
  let due = begun;
  for (let frame = 0; performance.now() - begun < ms; frame += 1) {
    const now = performance.now();
    if (now > due + MOST_LATE * period) due = now;
    if (due > now) await delay(due - now);
    yield frame;
    due += period;
  }
}
