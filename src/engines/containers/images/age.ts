/** Warns administrators about images that are old enough to lack Debian's security updates. */
import { overdueDays } from '#domain/catalogue/age.ts';
import type { SystemWarning } from '#protocol/system.ts';

/** `builtAt`: of the oldest image; null if unknown. */
export function ageWarnings(builtAt: Date | null, now: Date): readonly SystemWarning[] {
  const days = builtAt === null ? null : overdueDays(builtAt, now);
  if (days === null) return [];
  const text =
    `Images were built ${days} days ago and lack the security updates that Debian has published since. Build them again; ` +
    'desktops and apps that run keep theirs until they end.';
  return [{ text, commands: ['npm run images -- --refresh'] }];
}
