/** Limits how often the same warning is logged, if requests of others cause it. */
const EVERY_MS = 10 * 60_000;
const MOST_KEYS = 100;

/** Returns a function that is true for a key at most once in ten minutes, and for a bounded number of keys. */
export function logThrottle(now: () => number = () => performance.now()): (key: string) => boolean {
  const until = new Map<string, number>();
  return (key) => {
    const at = now();
    for (const [known, end] of until) if (at >= end) until.delete(known);
    if (until.has(key) || until.size >= MOST_KEYS) return false;
    until.set(key, at + EVERY_MS);
    return true;
  };
}
