/** The pages of the settings: which there are for this user and by which words they are found. */
import { session } from '../state/store.ts';
import type { SettingsPage } from '../ui/layers.ts';
import { t } from '../ui/strings/catalogue.ts';

export interface PageEntry {
  readonly page: SettingsPage;
  readonly title: string;
  readonly words: string;
}

const ORDER: readonly SettingsPage[] = [
  'tasks',
  'launches',
  'desktops',
  'looks',
  'system',
  'user',
  'appearance',
  'keyboard',
  'about',
];

/** For support and administrators. */
const STAFF: ReadonlySet<SettingsPage> = new Set(['launches', 'desktops']);

export function isSupport(): boolean {
  return session.value?.user.roles.some((role) => role === 'support' || role === 'admin') ?? false;
}

export function isAdmin(): boolean {
  return session.value?.user.roles.includes('admin') ?? false;
}

export function pagesFor(): readonly PageEntry[] {
  return ORDER.filter((page) => !STAFF.has(page) || isSupport()).map((page) => ({
    page,
    title: t.settings.pages[page],
    words: t.settings.words[page],
  }));
}
