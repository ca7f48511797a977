/** The user's preferences: read at login, written after each change. */
import type { Preferences } from '#protocol/system.ts';
import { applyLanguage, takePickAtLogin } from '../ui/language.ts';
import { applyTheme } from '../ui/theme.ts';
import { api } from './api.ts';
import { attempt } from './notices.ts';
import { preferences } from './store.ts';

let loading: Promise<unknown> = Promise.resolve();

export async function loadPreferences(): Promise<void> {
  const picked = takePickAtLogin();
  loading = attempt(async () => {
    preferences.value = await api.preferences.get();
    applyTheme(preferences.value.theme);
  });
  await loading;
  if (picked === null) await attempt(() => applyLanguage(preferences.value.language));
  else if (picked !== preferences.value.language) changePreferences({ language: picked });
}

/** Resolves when they are known, or can't be read. */
export async function preferencesRead(): Promise<void> {
  await loading;
}

/** Applied at once and sent after a short delay, so that dragging doesn't send every step. */
export function changePreferences(change: Partial<Preferences>): void {
  preferences.value = { ...preferences.value, ...change };
  if (change.theme) applyTheme(change.theme);
  if (change.language) void attempt(() => applyLanguage(preferences.value.language));
  clearTimeout(saving);
  saving = setTimeout(() => void attempt(() => api.preferences.put(preferences.value)), 300);
}

let saving: ReturnType<typeof setTimeout> | undefined;
