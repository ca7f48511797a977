/** What the app store lists: by category, by state, by words; and in which words. Pure. */
import type { StoreApp } from '#protocol/app-store.ts';
import { index, rank } from '../state/rank.ts';

/** In the order of the page. */
export const CATEGORIES = [
  'office',
  'internet',
  'graphics',
  'multimedia',
  'education',
  'science',
  'development',
  'utilities',
  'games',
  'other',
] as const;
export type Category = (typeof CATEGORIES)[number];
export type Shelf = 'all' | 'installed' | 'updates' | Category;

/** Names of freedesktop.org and singular forms, as images of others have them. */
const SAME: Readonly<Record<string, Category>> = {
  game: 'games',
  utility: 'utilities',
  accessories: 'utilities',
  system: 'utilities',
  settings: 'utilities',
  network: 'internet',
  web: 'internet',
  communication: 'internet',
  audio: 'multimedia',
  video: 'multimedia',
  audiovideo: 'multimedia',
  sound: 'multimedia',
  photography: 'graphics',
  programming: 'development',
};
const MOST = 500;

export function categoriesOf({ categories }: Pick<StoreApp, 'categories'>): readonly Category[] {
  const known = categories.flatMap((name) => SAME[name] ?? CATEGORIES.find((one) => one === name) ?? []);
  return known.length > 0 ? [...new Set(known)] : ['other'];
}

export function isThere({ state }: Pick<StoreApp, 'state'>): boolean {
  switch (state.state) {
    case 'installed':
    case 'outdated':
    case 'updating':
      return true;
    case 'failed':
      return state.installed;
    case 'available':
    case 'installing':
      return false;
    default:
      return state satisfies never;
  }
}

/** An update that the user can start, or that runs. */
export function hasUpdate({ state, may }: Pick<StoreApp, 'state' | 'may'>): boolean {
  return state.state === 'updating' || (may.update && state.state === 'outdated');
}

function isOn(app: StoreApp, shelf: Shelf): boolean {
  if (shelf === 'all') return true;
  if (shelf === 'installed') return isThere(app);
  return shelf === 'updates' ? hasUpdate(app) : categoriesOf(app).includes(shelf);
}

/** Those with something on them. */
export function shelvesOf(apps: readonly StoreApp[]): readonly Shelf[] {
  const wanted = (['installed', 'updates', ...CATEGORIES] as const).filter((shelf) =>
    apps.some((app) => isOn(app, shelf)),
  );
  return ['all', ...wanted];
}

/** By name; with a query, the best match first. */
export function appsOn(apps: readonly StoreApp[], shelf: Shelf, query: string): readonly StoreApp[] {
  const here = apps.filter((app) => isOn(app, shelf)).toSorted((a, b) => a.displayName.localeCompare(b.displayName));
  if (query.trim() === '') return here;
  const found = index(
    here.map((app) => {
      const words = [app.name, ...app.keywords, ...app.categories, ...(app.description ?? '').split(/\s+/)];
      return { name: app.displayName, keywords: words.filter(Boolean), app };
    }),
  );
  return rank(found, query, MOST).map(({ app }) => app);
}

/** With one app added or replaced. */
export function withApp(apps: readonly StoreApp[], changed: StoreApp): readonly StoreApp[] {
  const at = apps.findIndex(({ id }) => id === changed.id);
  return at < 0 ? [...apps, changed] : apps.with(at, changed);
}
