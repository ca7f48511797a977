/** Which apps are pinned in a user's dock: the administrator's, until the user changes them. Pure. */
import type { Preferences } from '#protocol/system.ts';
import type { StoredPreferences } from '../ports/store.ts';

/** `pinned`: ids of the administrator's pins that exist for this user. */
export function toPreferences(stored: StoredPreferences, pinned: readonly string[]): Preferences {
  const { ownDock = stored.dock.length > 0, ...preferences } = stored;
  return ownDock ? preferences : { ...preferences, dock: [...pinned] };
}

/** The page stores all preferences at once: those whose dock is still the administrator's don't make it the user's. */
export function toStored(
  preferences: Preferences,
  before: StoredPreferences,
  pinned: readonly string[],
): StoredPreferences {
  const shown = toPreferences(before, pinned).dock;
  const changed = preferences.dock.join('\n') !== shown.join('\n');
  const ownDock = changed || (before.ownDock ?? before.dock.length > 0);
  return ownDock ? { ...preferences, ownDock } : { ...preferences, dock: [], ownDock };
}
