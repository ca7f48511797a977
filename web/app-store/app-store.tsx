/** The app store: every app that can be had, on shelves, with a search; and one app in detail. */
import './app-store.css';
import type { AppStoreList } from '#protocol/app-store.ts';
import { X } from 'lucide';
import { useEffect, useRef, useState } from 'preact/hooks';
import { LayerFrame } from '../layers/layer-frame.tsx';
import { closeLayer } from '../layers/layers.ts';
import { Icon } from '../ui/icon.tsx';
import { useOverflow } from '../ui/overflow.ts';
import { t } from '../ui/strings/catalogue.ts';
import { Blank, Failure, Loading } from '../ui/views.tsx';
import { AppCard } from './app-card.tsx';
import { AppDetail } from './app-detail.tsx';
import { appsOn, type Shelf, shelvesOf } from './store-model.ts';
import { useAppStore } from './use-app-store.ts';

export default function AppStoreSheet() {
  const [store, retry] = useAppStore();
  const [shelf, setShelf] = useState<Shelf>('all');
  const [shown, setShown] = useState<string | null>(null);
  const [query, setQuery] = useState('');
  const page = useRef<HTMLDivElement>(null);
  const left = useRef<string | null>(null);
  // The details begin at the top; Back returns to the app that they were about.
  useEffect(() => {
    if (shown !== null) {
      page.current?.scrollTo(0, 0);
      page.current?.querySelector<HTMLElement>('[data-test="store-back"]')?.focus();
    } else if (left.current !== null) {
      const card = page.current?.querySelector<HTMLElement>(`[data-id="${CSS.escape(left.current)}"] button`);
      card?.focus();
      card?.scrollIntoView({ block: 'nearest' });
    }
    left.current = shown;
  }, [shown]);
  const go = (to: Shelf) => {
    setShelf(to);
    setShown(null);
    left.current = null;
  };
  return (
    <LayerFrame kind="app-store" label={t.appStore.title} class="sheet store">
      <Shelves store={store.state === 'loaded' ? store.value : null} at={shelf} go={go} />
      <button
        type="button"
        class="quiet icon sheet-close"
        aria-label={t.close}
        onClick={() => closeLayer('app-store')}
        data-test="app-store-close"
      >
        <Icon of={X} />
      </button>
      <div class="sheet-page store-page" ref={page} data-test="app-store-page">
        {store.state === 'loading' && <Loading />}
        {store.state === 'failed' && <Failure error={store.error} retry={retry} />}
        {store.state === 'loaded' && (
          <Content store={store.value} shelf={shelf} query={query} setQuery={setQuery} shown={shown} show={setShown} />
        )}
      </div>
    </LayerFrame>
  );
}

function Shelves({ store, at, go }: { store: AppStoreList | null; at: Shelf; go: (to: Shelf) => void }) {
  const nav = useRef<HTMLElement>(null);
  const shelves = shelvesOf(store?.apps ?? []);
  // The last update leaves no shelf.
  const shown = shelves.includes(at) ? shelves : [...shelves, at];
  const overflow = useOverflow(nav, `${at} ${shown.length}`);
  const nameOf = (shelf: Shelf): string => {
    if (shelf === 'all' || shelf === 'installed' || shelf === 'updates') return t.appStore.shelves[shelf];
    return t.appStore.categories[shelf];
  };
  return (
    <nav
      class="sheet-nav"
      aria-label={t.appStore.facts.categories}
      ref={nav}
      onScroll={overflow.note}
      data-more={overflow.more}
    >
      {shown.map((shelf) => (
        <button
          key={shelf}
          type="button"
          class="quiet"
          aria-current={shelf === at ? 'page' : undefined}
          onClick={() => go(shelf)}
          data-test={`shelf-${shelf}`}
        >
          {nameOf(shelf)}
          {shelf === 'updates' && <span class="pill warn">{appsOn(store?.apps ?? [], shelf, '').length}</span>}
        </button>
      ))}
    </nav>
  );
}

interface ContentProps {
  readonly store: AppStoreList;
  readonly shelf: Shelf;
  readonly query: string;
  readonly setQuery: (query: string) => void;
  readonly shown: string | null;
  readonly show: (id: string | null) => void;
}

function Content({ store, shelf, query, setQuery, shown, show }: ContentProps) {
  const app = store.apps.find(({ id }) => id === shown);
  if (app) return <AppDetail app={app} back={() => show(null)} />;
  const found = appsOn(store.apps, shelf, query);
  return (
    <>
      <h2>{t.appStore.title}</h2>
      <Rights store={store} />
      <input
        type="search"
        class="store-search"
        value={query}
        placeholder={t.appStore.search}
        aria-label={t.appStore.search}
        spellcheck={false}
        autocomplete="off"
        data-autofocus
        onInput={(event) => setQuery(event.currentTarget.value)}
        data-test="store-search"
      />
      <p class="small" role="status" data-test="store-count">
        {t.appStore.count(found.length)}
      </p>
      <ul class="store-list">
        {found.map((one) => (
          <AppCard key={one.id} app={one} show={() => show(one.id)} />
        ))}
      </ul>
      {found.length === 0 && <Nothing isEmpty={store.apps.length === 0} />}
    </>
  );
}

/** Who may install, and where images come from. */
function Rights({ store: { rights, perUser, registry } }: { store: AppStoreList }) {
  const words = t.appStore;
  return (
    <p class="small store-rights" data-test="store-rights">
      {rights === 'none' && words.rights.none} {rights === 'own' && words.rights.own(perUser ?? 0)}{' '}
      {rights !== 'none' && (registry === null ? words.builds : words.pulls(registry))}
    </p>
  );
}

function Nothing({ isEmpty }: { isEmpty: boolean }) {
  if (isEmpty)
    return (
      <Blank title={t.appStore.empty} test="store-empty">
        <p>{t.appStore.emptyHint}</p>
      </Blank>
    );
  return (
    <Blank title={t.appStore.none} test="store-none">
      <p>{t.appStore.noneHint}</p>
    </Blank>
  );
}
