/** What the Files panel shows: a folder, its entries, how they are sorted, and what is selected. */
import { ignore } from '#protocol/ignore.ts';
import { computed, signal } from '@preact/signals';
import { z } from 'zod';
import { closeLayer, layers, openLayer } from '../layers/layers.ts';
import { desktop } from '../state/store.ts';
import { expired } from '../state/session.ts';
import type { Remote } from '../ui/remote.ts';
import { locale } from '../ui/locale.ts';
import { readStored, writeStored } from '../ui/stored.ts';
import { forgetAccess } from './access.ts';
import { listFolder } from './dav.ts';
import { shownEntries } from './entry.ts';
import type { Listing } from './multistatus.ts';
import { forgetAllOwn } from './own-files.ts';
import { folderOf, HOME } from './paths.ts';
import { kept, NOTHING, only, type Selection } from './selection.ts';
import { listTrash } from './trash.ts';

/** The trash has no path of its own. */
export type Place = { readonly at: 'folder'; readonly path: string } | { readonly at: 'trash' };

const KEY = 'deskpod-files';
const View = z.object({
  view: z.enum(['list', 'grid']).default('list'),
  by: z.enum(['name', 'size', 'modified', 'type']).default('name'),
  down: z.boolean().default(false),
  hidden: z.boolean().default(false),
  details: z.boolean().default(true),
});
type View = z.infer<typeof View>;

export const place = signal<Place>({ at: 'folder', path: HOME });
export const listing = signal<Remote<Listing>>({ state: 'loading' });
export const selection = signal<Selection>(NOTHING);
export const filter = signal('');
export const view = signal<View>(storedView());
/** Where the user was, for Back. */
const past = signal<readonly Place[]>([]);
export const canGoBack = computed(() => past.value.length > 0);
const MOST_PAST = 100;

/** The path of the folder that is shown; null in the trash. */
export const folder = computed(() => (place.value.at === 'folder' ? place.value.path : null));
export const shown = computed(() =>
  listing.value.state === 'loaded'
    ? shownEntries(
        listing.value.value.entries,
        { ...view.value, hidden: view.value.hidden || place.value.at === 'trash', filter: filter.value },
        locale.value,
      )
    : [],
);
export const order = computed(() => shown.value.map(({ path }) => path));
export const chosen = computed(() => shown.value.filter(({ path }) => selection.value.chosen.has(path)));
export const filesOpen = computed(() => layers.value.some(({ kind }) => kind === 'files'));

/** The names of the folders in the home folder, as it was last listed. */
export const homeFolders = signal<ReadonlySet<string>>(new Set());

let loading: AbortController | null = null;

export function openFiles(to: Place = place.value, select: string | null = null): void {
  openLayer({ kind: 'files' });
  goTo(to, select);
  if (folder.value !== HOME) void listHome();
}

export function toggleFiles(): void {
  if (filesOpen.value) closeLayer('files');
  else if (desktop.value?.status.state === 'running') openFiles();
}

export function goTo(to: Place, select: string | null = null): void {
  if (!samePlace(to, place.value)) past.value = [...past.value, place.value].slice(-MOST_PAST);
  show(to, select);
}

export function goBack(): void {
  const before = past.value.at(-1);
  if (!before) return;
  past.value = past.value.slice(0, -1);
  show(before, null);
}

/** The folder that was left is selected. */
export function goUp(): void {
  const here = folder.value;
  if (here === null) goTo({ at: 'folder', path: HOME });
  else if (here !== HOME) goTo({ at: 'folder', path: folderOf(here) }, here);
}

function show(to: Place, select: string | null): void {
  const same = samePlace(to, place.value) && listing.value.state === 'loaded';
  place.value = to;
  filter.value = '';
  selection.value = select === null ? NOTHING : only(select);
  if (!same) listing.value = { state: 'loading' };
  void reload();
}

/** Lists the folder again; the old list is shown until then. */
export async function reload(): Promise<void> {
  loading?.abort();
  loading = new AbortController();
  const { signal: ended } = loading;
  const to = place.value;
  try {
    const value = to.at === 'trash' ? await listTrash(ended) : await listFolder(to.path, ended);
    if (ended.aborted) return;
    const before = order.value;
    listing.value = { state: 'loaded', value };
    selection.value = kept(selection.value, before, order.value);
    if (to.at === 'folder' && to.path === HOME) homeFolders.value = foldersIn(value);
  } catch (error) {
    if (!ended.aborted && !expired(error)) listing.value = { state: 'failed', error };
  }
}

/** For the places at the side, if the panel opens elsewhere: programs may have made folders meanwhile. */
async function listHome(): Promise<void> {
  const home = await listFolder(HOME).catch(ignore('they are listed with the home folder', null));
  if (home !== null) homeFolders.value = foldersIn(home);
}

function foldersIn({ entries }: Listing): ReadonlySet<string> {
  return new Set(entries.filter((one) => one.folder).map(({ name }) => name));
}

export function changeView(change: Partial<View>): void {
  view.value = { ...view.value, ...change };
  writeStored('local', KEY, JSON.stringify(view.value));
}

/** After logout. */
export function forgetFiles(): void {
  loading?.abort();
  place.value = { at: 'folder', path: HOME };
  past.value = [];
  listing.value = { state: 'loading' };
  selection.value = NOTHING;
  homeFolders.value = new Set();
  forgetAllOwn();
  forgetAccess();
}

function samePlace(a: Place, b: Place): boolean {
  return a.at === b.at && (a.at !== 'folder' || b.at !== 'folder' || a.path === b.path);
}

function storedView(): View {
  const text = readStored('local', KEY) ?? '{}';
  try {
    return View.catch(View.parse({})).parse(JSON.parse(text));
  } catch (error) {
    return ignore('what was stored is no view', View.parse({}))(error);
  }
}
