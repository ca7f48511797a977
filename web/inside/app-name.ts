/** What a container runs, in the words of the dock. */
import { launches } from '../state/store.ts';

/** Null when it is none of this user's launches. */
export function appNameOf(launchId: string | null): string | null {
  return launchId === null ? null : (launches.value.find(({ id }) => id === launchId)?.appName ?? null);
}
