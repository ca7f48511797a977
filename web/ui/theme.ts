/** Light or dark: the user's choice, or the system's. Remembered here too, so that the login page has it. */
import type { Preferences } from '#protocol/system.ts';
import { signal } from '@preact/signals';

type Theme = Preferences['theme'];

const KEY = 'deskpod-theme';
const prefersDark = window.matchMedia('(prefers-color-scheme: dark)');
let chosen: Theme = 'system';
/** What is on show now; the desktop follows it. */
export const shownTheme = signal<'light' | 'dark'>('dark');

function resolvedTheme(): 'light' | 'dark' {
  if (chosen !== 'system') return chosen;
  return prefersDark.matches ? 'dark' : 'light';
}

export function applyTheme(theme: Theme): void {
  chosen = theme;
  shownTheme.value = resolvedTheme();
  document.documentElement.dataset['theme'] = shownTheme.value;
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // Storage may be switched off; then the login page follows the system.
  }
}

/** Before anything is drawn: the theme of last time. */
export function restoreTheme(): void {
  const kept = readKept();
  applyTheme(kept === 'light' || kept === 'dark' ? kept : 'system');
  prefersDark.addEventListener('change', () => applyTheme(chosen));
}

function readKept(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}
