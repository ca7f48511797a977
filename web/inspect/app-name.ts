/** The name of the app in a container, as in the dock. */
import { launches } from '../state/store.ts';
import { t } from '../ui/strings/catalogue.ts';

/** Null if it isn't one of this user's launches. */
export function appNameOf(launchId: string | null): string | null {
  const launch = launchId === null ? undefined : launches.value.find(({ id }) => id === launchId);
  if (!launch) return null;
  return launch.copyOf === undefined ? launch.appName : t.copies.named(launch.appName);
}
