/** Searches apps, windows, files and settings. Enter runs the selected result, arrows select, Tab cycles through actions. */
import { Search as SearchIcon } from 'lucide';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { inspectOwnDesktop } from '../inspect/open-inspect.ts';
import { apps, launches, windows, world } from '../state/store.ts';
import { pagesFor } from '../settings/pages.ts';
import type { Entry } from '../files/entry.ts';
import { useFoundFiles } from '../files/find.ts';
import { openFiles } from '../files/panel.ts';
import { addScreen } from '../screens/screens.ts';
import { folderOf } from '../files/paths.ts';
import { Icon } from '../ui/icon.tsx';
import { LayerFrame } from '../layers/layer-frame.tsx';
import { closeLayer, openLayer, type SettingsPage } from '../layers/layers.ts';
import { shownLanguage } from '../ui/language.ts';
import { t } from '../ui/strings/catalogue.ts';
import { useDelayed } from '../ui/use-delayed.ts';
import { Blank, Loading } from '../ui/views.tsx';
import { actOnWindow, isPinned, runApp, togglePin } from '../apps/actions.ts';
import { appsFor, openFile } from '../apps/open-with.ts';
import { actionsOf, type Found, type FoundAction, keyOf, otherRuntime, search, searchIndex } from './search-results.ts';
import { SearchRow } from './search-row.tsx';
import './search.css';

/** Found like pages of the settings. */
const INSPECT = 'inspect';
const FILES = 'files';
const ADD_SCREEN = 'add-screen';
const APP_STORE = 'app-store';
const SLOW_MS = 1_000;

export function Search() {
  const [query, setQuery] = useState('');
  const [at, setAt] = useState(0);
  const [action, setAction] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const pages = [
    ...pagesFor(),
    { page: INSPECT, title: t.inspect.short, words: t.inspect.words },
    { page: FILES, title: t.files.title, words: t.files.words },
    { page: ADD_SCREEN, title: t.screens.add, words: t.screens.words },
    { page: APP_STORE, title: t.appStore.title, words: t.appStore.words },
  ];
  const found = useFoundFiles(query);
  const indexed = useMemo(
    () => searchIndex({ apps: apps.value, launches: launches.value, windows: windows.value, ...found, pages }),
    [apps.value, launches.value, windows.value, found, shownLanguage.value],
  );
  const sections = useMemo(() => search(indexed, query), [indexed, query]);
  // Files come last, as they arrive later and would move what follows them.
  const all = [...sections.apps, ...sections.windows, ...sections.pages, ...sections.files];
  const chosen = all[Math.min(at, all.length - 1)];
  const actions = chosen ? actionsFor(chosen) : [];
  useEffect(() => list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' }), [at]);

  const go = (to: number) => {
    setAt(all.length === 0 ? 0 : (to + all.length) % all.length);
    setAction(0);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      PageDown: Math.min(at + 8, all.length - 1),
      PageUp: Math.max(at - 8, 0),
    }[event.key];
    if (step !== undefined) go(step);
    else if (event.key === 'Enter' && !event.isComposing && chosen) perform(chosen, actions[action] ?? 'open');
    else if (event.key === 'Tab' && actions.length > 1)
      setAction((action + (event.shiftKey ? actions.length - 1 : 1)) % actions.length);
    else if (event.key !== 'Tab') return;
    event.preventDefault();
  };
  let position = 0;
  const section = (title: string, found: readonly Found[]) =>
    found.length > 0 && (
      <div role="group" aria-label={title}>
        <div class="search-section" aria-hidden="true">
          {title}
        </div>
        {found.map((one) => {
          const here = position;
          position += 1;
          return (
            <SearchRow
              key={keyOf(one)}
              id={`found-${here}`}
              found={one}
              selected={one === chosen}
              actions={one === chosen ? actions : []}
              action={action}
              run={(what) => perform(one, what)}
              point={() => here !== at && go(here)}
            />
          );
        })}
      </div>
    );
  return (
    <LayerFrame kind="search" label={t.search.label} class="search" dim={false}>
      <div class="search-field">
        <Icon of={SearchIcon} size={20} />
        <input
          type="text"
          role="combobox"
          value={query}
          placeholder={t.search.placeholder}
          aria-label={t.search.label}
          aria-expanded="true"
          aria-controls="found"
          aria-autocomplete="list"
          aria-activedescendant={chosen ? `found-${all.indexOf(chosen)}` : undefined}
          autocomplete="off"
          spellcheck={false}
          data-autofocus
          onInput={(event) => {
            setQuery(event.currentTarget.value);
            setAt(0);
            setAction(0);
          }}
          onKeyDown={onKeyDown}
          data-test="search-input"
        />
        <kbd>Esc</kbd>
      </div>
      <div
        class="search-list"
        id="found"
        role="listbox"
        aria-label={t.search.results(all.length)}
        ref={list}
        data-test="search-results"
      >
        {section(t.search.apps, sections.apps)}
        {section(t.search.windows, sections.windows)}
        {section(t.search.settings, sections.pages)}
        {section(t.search.files, sections.files)}
      </div>
      {all.length === 0 && (found.state === 'searching' ? <Searching /> : <Nothing query={query} />)}
      <div class="search-foot small">
        <span role="status" class="grow">
          {query.trim() && t.search.results(all.length)}
          {found.state === 'partly' && ` · ${t.foundFiles.partly}`}
          {found.state === 'failed' && ` · ${t.foundFiles.failed}`}
        </span>
        <kbd>↑ ↓</kbd> {t.search.choose} <kbd>Tab</kbd> {t.search.more}
      </div>
    </LayerFrame>
  );
}

/** Nothing at first: most searches are over by then. */
function Searching() {
  const slow = useDelayed(true, SLOW_MS);
  return <div class="blank">{slow ? t.foundFiles.searching : ''}</div>;
}

function Nothing({ query }: { query: string }) {
  if (!world.value.known.apps) return <Loading />;
  if (query.trim() === '') return <Blank title={t.search.noApps} />;
  return (
    <Blank title={t.search.none(query.trim())} test="search-none">
      <p>{t.search.noneHint}</p>
      <button type="button" onClick={() => openLayer({ kind: 'app-store' })} data-test="search-app-store">
        {t.appStore.look}
      </button>
    </Blank>
  );
}

const actionsFor = (found: Found): readonly FoundAction[] =>
  actionsOf(found, found.kind === 'app' && isPinned(found.app.id));

function perform(found: Found, action: FoundAction): void {
  if (found.kind === 'page' && found.page === INSPECT) return inspectOwnDesktop();
  if (found.kind === 'page' && found.page === FILES) return openFiles();
  if (found.kind === 'page' && found.page === APP_STORE) return openLayer({ kind: 'app-store' });
  if (found.kind === 'page' && found.page === ADD_SCREEN) {
    closeLayer('search', true);
    return void addScreen();
  }
  if (found.kind === 'file') return openFound(found.entry, action === 'in-files');
  if (found.kind === 'page') return openLayer({ kind: 'settings', page: settingsPage(found.page), launchId: null });
  if (found.kind === 'app' && (action === 'pin' || action === 'unpin')) return togglePin(found.app.id);
  closeLayer('search', true);
  if (found.kind === 'window') void actOnWindow(found.window.id, { action: 'activate' });
  else void runApp(found.app, action === 'open' ? undefined : otherRuntime(found.app.runtime));
}

/** In its app; a folder, and a file that no app opens, in Files. */
function openFound({ path, folder }: Entry, inFiles: boolean): void {
  if (folder) return openFiles({ at: 'folder', path });
  if (inFiles || appsFor(path).length === 0) return openFiles({ at: 'folder', path: folderOf(path) }, path);
  closeLayer('search', true);
  void openFile(path);
}

function settingsPage(name: string): SettingsPage {
  return pagesFor().find(({ page }) => page === name)?.page ?? 'tasks';
}
