/** The pages of the settings that this user can open, with search keywords. */
import { isSupport } from '../state/roles.ts';
import type { SettingsPage } from '../layers/layers.ts';
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
  'debug-sessions',
  'prints',
  'system',
  'user',
  'appearance',
  'default-apps',
  'downloads',
  'keyboard',
  'about',
];

/** For support and administrators. */
const STAFF: ReadonlySet<SettingsPage> = new Set(['launches', 'desktops']);

export function pagesFor(): readonly PageEntry[] {
  return ORDER.filter((page) => !STAFF.has(page) || isSupport()).map((page) => ({
    page,
    title: t.settings.pages[page],
    words: t.settings.words[page],
  }));
}
