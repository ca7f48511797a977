/** The user's preferences: read at login, written after each change. */
import type { Preferences } from '#protocol/system.ts';
import { applyTheme } from '../ui/theme.ts';
import { api } from './api.ts';
import { attempt } from './notices.ts';
import { preferences } from './store.ts';

export async function loadPreferences(): Promise<void> {
  await attempt(async () => {
    preferences.value = await api.preferences.get();
    applyTheme(preferences.value.theme);
  });
}

/** Applied at once and sent after a short delay, so that dragging doesn't send every step. */
export function changePreferences(change: Partial<Preferences>): void {
  preferences.value = { ...preferences.value, ...change };
  if (change.theme) applyTheme(change.theme);
  clearTimeout(saving);
  saving = setTimeout(() => void attempt(() => api.preferences.put(preferences.value)), 300);
}

let saving: ReturnType<typeof setTimeout> | undefined;
