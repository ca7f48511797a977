/** Searches apps, windows, files and settings. Enter runs the selected result, arrows select, Tab cycles through actions. */
import { Search as SearchIcon } from 'lucide';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { inspectOwnDesktop } from '../inspect/open-inspect.ts';
import { apps, launches, windows, world } from '../state/store.ts';
import { pagesFor } from '../settings/pages.ts';
import type { Entry } from '../files/entry.ts';
import { knownEntries, openFiles } from '../files/panel.ts';
import { folderOf } from '../files/paths.ts';
import { isHidden } from '../files/names.ts';
import { Icon } from '../ui/icon.tsx';
import { LayerFrame } from '../layers/layer-frame.tsx';
import { closeLayer, openLayer, type SettingsPage } from '../layers/layers.ts';
import { shownLanguage } from '../ui/language.ts';
import { t } from '../ui/strings/catalogue.ts';
import { Blank, Loading } from '../ui/views.tsx';
import { actOnWindow, isPinned, runApp, togglePin } from '../apps/actions.ts';
import { actionsOf, type Found, type FoundAction, keyOf, otherRuntime, search, searchIndex } from './search-results.ts';
import { SearchRow } from './search-row.tsx';
import './search.css';

/** Found like pages of the settings. */
const INSPECT = 'inspect';
const FILES = 'files';
const APP_STORE = 'app-store';

export function Search() {
  const [query, setQuery] = useState('');
  const [at, setAt] = useState(0);
  const [action, setAction] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const pages = [
    ...pagesFor(),
    { page: INSPECT, title: t.inspect.short, words: t.inspect.words },
    { page: FILES, title: t.files.title, words: t.files.words },
    { page: APP_STORE, title: t.appStore.title, words: t.appStore.words },
  ];
  const indexed = useMemo(
    () =>
      searchIndex({ apps: apps.value, launches: launches.value, windows: windows.value, files: knownFiles(), pages }),
    [apps.value, launches.value, windows.value, knownEntries.value, shownLanguage.value],
  );
  const sections = useMemo(() => search(indexed, query), [indexed, query]);
  const all = [...sections.apps, ...sections.windows, ...sections.files, ...sections.pages];
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
        {section(t.search.files, sections.files)}
        {section(t.search.settings, sections.pages)}
      </div>
      {all.length === 0 && <Nothing query={query} />}
      <div class="search-foot small">
        <span role="status" class="grow">
          {query.trim() && t.search.results(all.length)}
        </span>
        <kbd>↑ ↓</kbd> {t.search.choose} <kbd>Tab</kbd> {t.search.more}
      </div>
    </LayerFrame>
  );
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
  if (found.kind === 'file') return openFound(found.entry);
  if (found.kind === 'page') return openLayer({ kind: 'settings', page: settingsPage(found.page), launchId: null });
  if (found.kind === 'app' && (action === 'pin' || action === 'unpin')) return togglePin(found.app.id);
  closeLayer('search', true);
  if (found.kind === 'window') void actOnWindow(found.window.id, { action: 'activate' });
  else void runApp(found.app, action === 'open' ? undefined : otherRuntime(found.app.runtime));
}

/** Of the folders that were listed. */
const knownFiles = (): readonly Entry[] =>
  [...knownEntries.value.values()].flat().filter(({ name }) => !isHidden(name));

function openFound({ path, folder }: Entry): void {
  if (folder) openFiles({ at: 'folder', path });
  else openFiles({ at: 'folder', path: folderOf(path) }, path);
}

function settingsPage(name: string): SettingsPage {
  return pagesFor().find(({ page }) => page === name)?.page ?? 'tasks';
}
