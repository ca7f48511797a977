/** Warns administrators about images that are old enough to lack Debian's security updates. */
import type { SystemWarning } from '#protocol/system.ts';

const DAY_MS = 86_400_000;
/** Debian publishes security updates for what the images contain about weekly. */
const LONGEST_DAYS = 30;

/** `builtAt`: of the oldest image; null if unknown. */
export function ageWarnings(builtAt: Date | null, now: Date): readonly SystemWarning[] {
  const days = builtAt === null ? 0 : Math.floor((now.getTime() - builtAt.getTime()) / DAY_MS);
  if (days <= LONGEST_DAYS) return [];
  const text =
    `Images were built ${days} days ago and lack the security updates that Debian has published since. Build them again; ` +
    'desktops and apps that run keep theirs until they end.';
  return [{ text, commands: ['npm run images -- --refresh'] }];
}
