/** How old an image may be before it lacks security updates. Pure. */

const DAY_MS = 86_400_000;
/** Debian publishes security updates for what the images contain about weekly. */
const LONGEST_DAYS = 30;

/** Whole days since it was built, if it lacks security updates; null otherwise. */
export function overdueDays(builtAt: Date, now: Date): number | null {
  const days = Math.floor((now.getTime() - builtAt.getTime()) / DAY_MS);
  return days > LONGEST_DAYS ? days : null;
}
