/** Light or dark: the user's choice or the system's. Also kept in local storage, for the login page. */
import type { Preferences } from '#protocol/system.ts';
import { signal } from '@preact/signals';
import { readStored, writeStored } from './stored.ts';

type Theme = Preferences['theme'];

const KEY = 'deskpod-theme';
const prefersDark = window.matchMedia('(prefers-color-scheme: dark)');
let chosen: Theme = 'system';
/** The theme in use; the desktop follows it. */
export const shownTheme = signal<'light' | 'dark'>('dark');

function resolvedTheme(): 'light' | 'dark' {
  if (chosen !== 'system') return chosen;
  return prefersDark.matches ? 'dark' : 'light';
}

export function applyTheme(theme: Theme): void {
  chosen = theme;
  shownTheme.value = resolvedTheme();
  document.documentElement.dataset['theme'] = shownTheme.value;
  writeStored('local', KEY, theme);
}

/** Applies the last theme before the first rendering. */
export function restoreTheme(): void {
  const kept = readStored('local', KEY);
  applyTheme(kept === 'light' || kept === 'dark' ? kept : 'system');
  prefersDark.addEventListener('change', () => applyTheme(chosen));
}
