/** What a container runs, in the words of the dock. */
import { launches } from '../state/store.ts';
import { t } from '../ui/strings/catalogue.ts';

/** Null when it is none of this user's launches. */
export function appNameOf(launchId: string | null): string | null {
  const launch = launchId === null ? undefined : launches.value.find(({ id }) => id === launchId);
  if (!launch) return null;
  return launch.copyOf === undefined ? launch.appName : t.copies.named(launch.appName);
}
