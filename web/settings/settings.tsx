/** The settings: searchable list of pages at the left; the desktop stays visible around the sheet. */
import { X } from 'lucide';
import { useRef, useState } from 'preact/hooks';
import { index, rank } from '../state/rank.ts';
import { Icon } from '../ui/icon.tsx';
import { LayerFrame } from '../layers/layer-frame.tsx';
import { closeLayer, openLayer, type SettingsPage } from '../layers/layers.ts';
import { t } from '../ui/strings/catalogue.ts';
import { About } from './about.tsx';
import { Appearance } from './appearance.tsx';
import { DefaultApps } from './default-apps.tsx';
import { DesktopsPage } from './desktops-page.tsx';
import { DownloadsPage } from './downloads-page.tsx';
import { KeyboardPage } from './keyboard-page.tsx';
import { LaunchesPage } from './launches-page.tsx';
import { pagesFor } from './pages.ts';
import { SystemPage } from './system-page.tsx';
import { Tasks } from './tasks.tsx';
import { UserPage } from './user-page.tsx';
import { lazy } from '../ui/lazy.tsx';
import { useOverflow } from '../ui/overflow.ts';
import './settings.css';

const PrintsPage = lazy(() => import('../prints/prints-page.tsx'));
const DebugSessionsPage = lazy(() => import('./debug-sessions-page.tsx'));

export function Settings({ page, launchId }: { page: SettingsPage; launchId: string | null }) {
  const [query, setQuery] = useState('');
  const pages = pagesFor();
  const found = rank(
    index(pages.map((entry) => ({ ...entry, name: entry.title, keywords: entry.words.split(' ') }))),
    query,
    pages.length,
  );
  const nav = useRef<HTMLElement>(null);
  const overflow = useOverflow(nav, `${page} ${found.length}`);
  const go = (to: SettingsPage) => openLayer({ kind: 'settings', page: to, launchId: null });
  return (
    <LayerFrame kind="settings" label={t.settings.title} class="sheet">
      <nav class="sheet-nav" aria-label={t.settings.title} ref={nav} onScroll={overflow.note} data-more={overflow.more}>
        <input
          type="search"
          placeholder={t.settings.search}
          aria-label={t.settings.search}
          value={query}
          onInput={(event) => setQuery(event.currentTarget.value)}
          onKeyDown={(event) => event.key === 'Enter' && found[0] && go(found[0].page)}
          data-test="settings-search"
        />
        {found.map((entry) => (
          <button
            key={entry.page}
            type="button"
            class="quiet"
            aria-current={entry.page === page ? 'page' : undefined}
            data-autofocus={entry.page === page ? '' : undefined}
            onClick={() => go(entry.page)}
            data-test={`page-${entry.page}`}
          >
            {entry.title}
          </button>
        ))}
        {found.length === 0 && <p class="small">{t.settings.noMatch}</p>}
      </nav>
      <button
        type="button"
        class="quiet icon sheet-close"
        aria-label={t.close}
        onClick={() => closeLayer('settings')}
        data-test="settings-close"
      >
        <Icon of={X} />
      </button>
      <div class="sheet-page" key={page} data-page={page}>
        <Page page={page} launchId={launchId} />
      </div>
    </LayerFrame>
  );
}

function Page({ page, launchId }: { page: SettingsPage; launchId: string | null }) {
  switch (page) {
    case 'tasks':
      return <Tasks launchId={launchId} />;
    case 'launches':
      return <LaunchesPage />;
    case 'desktops':
      return <DesktopsPage />;
    case 'debug-sessions':
      return <DebugSessionsPage />;
    case 'prints':
      return <PrintsPage />;
    case 'system':
      return <SystemPage />;
    case 'user':
      return <UserPage />;
    case 'appearance':
      return <Appearance />;
    case 'default-apps':
      return <DefaultApps />;
    case 'downloads':
      return <DownloadsPage />;
    case 'keyboard':
      return <KeyboardPage />;
    case 'about':
      return <About />;
    default:
      return page satisfies never;
  }
}
