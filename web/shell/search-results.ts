/** The search results: apps, open windows, files and settings pages, each with its actions. Pure. */
import type { App, Runtime } from '#protocol/app.ts';
import type { Launch } from '#protocol/launch.ts';
import type { Window } from '#protocol/window.ts';
import type { Entry } from '../files/entry.ts';
import { isOver } from '../state/world.ts';
import { type Findable, index, type Indexed, rank } from '../state/rank.ts';

export type Found =
  | { readonly kind: 'app'; readonly app: App; readonly phase: 'idle' | 'starting' | 'running' }
  | { readonly kind: 'window'; readonly window: Window; readonly appName: string | null }
  | { readonly kind: 'file'; readonly entry: Entry }
  | { readonly kind: 'page'; readonly page: string; readonly title: string };

export interface SearchIndex {
  readonly apps: readonly Indexed<Findable & { found: Found }>[];
  readonly windows: readonly Indexed<Findable & { found: Found }>[];
  readonly files: readonly Indexed<Findable & { found: Found }>[];
  readonly pages: readonly Indexed<Findable & { found: Found }>[];
}

export interface SearchInput {
  readonly apps: readonly App[];
  readonly launches: readonly Launch[];
  readonly windows: readonly Window[];
  readonly files: readonly FoundFile[];
  readonly pages: readonly { readonly page: string; readonly title: string; readonly words: string }[];
}

/** The server names those first that programs used last. */
export interface FoundFile extends Entry {
  /** 0 if none did. */
  readonly used: number;
}

const RUNNING_BOOST = 30;
/** More than any match of a name scores: these come first. */
const RECENT_BOOST = 2_000;

export function searchIndex({ apps, launches, windows, files, pages }: SearchInput): SearchIndex {
  const open = launches.filter((launch) => !isOver(launch));
  const phaseOf = (app: App) => {
    const own = open.filter(({ appId }) => appId === app.id);
    if (own.length === 0) return 'idle';
    return own.some(({ status }) => status.state !== 'starting') ? 'running' : 'starting';
  };
  const byName = apps.toSorted((a, b) => a.displayName.localeCompare(b.displayName));
  return {
    apps: index(
      byName.map((app) => {
        const phase = phaseOf(app);
        return {
          name: app.displayName,
          keywords: [app.name, ...app.keywords, ...app.categories, ...(app.description ?? '').split(/\s+/)].filter(
            Boolean,
          ),
          boost: phase === 'idle' ? 0 : RUNNING_BOOST,
          found: { kind: 'app', app, phase },
        };
      }),
    ),
    windows: index(
      windows.map((window) => {
        const appName = open.find(({ id }) => id === window.launchId)?.appName ?? null;
        return {
          name: window.title,
          keywords: appName === null ? [] : [appName],
          found: { kind: 'window', window, appName },
        };
      }),
    ),
    files: index(
      files.map(({ used, ...entry }, at) => ({
        name: entry.name,
        keywords: [],
        boost: used === 0 ? 0 : RECENT_BOOST - at,
        found: { kind: 'file', entry },
      })),
    ),
    pages: index(
      pages.map(({ page, title, words }) => ({
        name: title,
        keywords: words.split(' '),
        found: { kind: 'page', page, title },
      })),
    ),
  };
}

export interface Sections {
  readonly apps: readonly Found[];
  readonly windows: readonly Found[];
  readonly files: readonly Found[];
  readonly pages: readonly Found[];
}

/** Without a query: all apps and nothing else. */
export function search(indexed: SearchIndex, query: string): Sections {
  const asked = query.trim() !== '';
  const found = (entries: readonly Indexed<Findable & { found: Found }>[], limit: number) =>
    rank(entries, query, limit).map((item) => item.found);
  return {
    apps: found(indexed.apps, asked ? 12 : 60),
    windows: asked ? found(indexed.windows, 6) : [],
    files: asked ? found(indexed.files, 8) : [],
    pages: asked ? found(indexed.pages, 4) : [],
  };
}

export type FoundAction = 'open' | 'in-desktop' | 'in-pod' | 'pin' | 'unpin' | 'in-files';

/** Enter runs the first; Tab cycles through the others. */
export function actionsOf(found: Found, pinned: boolean): readonly FoundAction[] {
  if (found.kind === 'file' && !found.entry.folder) return ['open', 'in-files'];
  if (found.kind !== 'app') return ['open'];
  const other: FoundAction = otherRuntime(found.app.runtime) === 'ephemeral_container' ? 'in-desktop' : 'in-pod';
  return ['open', other, pinned ? 'unpin' : 'pin'];
}

export function otherRuntime(runtime: Runtime): Runtime {
  return runtime === 'ephemeral_container' ? 'pod_application' : 'ephemeral_container';
}

export function keyOf(found: Found): string {
  if (found.kind === 'app') return `app:${found.app.id}`;
  if (found.kind === 'file') return `file:${found.entry.path}`;
  return found.kind === 'window' ? `window:${found.window.id}` : `page:${found.page}`;
}

/** The texts next to a name, without repeating the name or each other. */
export function besides(name: string, parts: readonly (string | null)[]): string {
  const plain = (text: string): string =>
    ` ${text
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
      .trim()} `;
  const kept: string[] = [];
  for (const part of parts) {
    if (part === null || part.trim() === '') continue;
    if (![name, ...kept].some((said) => plain(said).includes(plain(part)))) kept.push(part);
  }
  return kept.join(' · ');
}
