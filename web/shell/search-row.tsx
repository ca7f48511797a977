/** One result: icon, name, runtime, state, and the actions of the selected one. */
import type { App } from '#protocol/app.ts';
import { AppWindow, CornerDownLeft, Settings } from 'lucide';
import { folderTitle, shownName, shownSize } from '../files/file-facts.ts';
import { FileIcon } from '../files/file-icon.tsx';
import { folderOf } from '../files/paths.ts';
import { AppIcon } from '../ui/app-icon.tsx';
import { bytes } from '../ui/format.ts';
import { Icon } from '../ui/icon.tsx';
import { t } from '../ui/strings/catalogue.ts';
import { besides, type Found, type FoundAction } from './search-results.ts';

interface Props {
  readonly id: string;
  readonly found: Found;
  readonly selected: boolean;
  readonly actions: readonly FoundAction[];
  readonly action: number;
  readonly run: (action: FoundAction) => void;
  readonly point: () => void;
}

export function SearchRow({ id, found, selected, actions, action, run, point }: Props) {
  return (
    <div
      id={id}
      class={selected ? 'search-row on' : 'search-row'}
      role="option"
      aria-selected={selected}
      onClick={() => run('open')}
      onPointerMove={point}
      data-test="search-result"
      data-kind={found.kind}
      data-app={found.kind === 'app' ? found.app.name : undefined}
    >
      <Diagram found={found} />
      <div class="grow">
        <b class="truncate">{title(found)}</b>
        <div class="small truncate">{detail(found)}</div>
      </div>
      {found.kind === 'app' && <AppPills app={found.app} phase={found.phase} />}
      {actions.length > 1 ? (
        <span class="search-actions">
          {actions.map((one, at) => (
            <span
              key={one}
              class={at === action ? 'pill accent' : 'pill'}
              onClick={(event) => {
                event.stopPropagation();
                run(one);
              }}
              data-test={`action-${one}`}
            >
              {actionName(one, found)}
            </span>
          ))}
        </span>
      ) : (
        selected && <Icon of={CornerDownLeft} size={15} />
      )}
    </div>
  );
}

function Diagram({ found }: { found: Found }) {
  if (found.kind === 'app') return <AppIcon name={found.app.displayName} url={found.app.iconUrl} size={40} />;
  if (found.kind === 'window' && found.window.iconUrl !== null)
    return <AppIcon name={found.window.title} url={found.window.iconUrl} size={40} />;
  if (found.kind === 'file')
    return (
      <span class="app-icon search-glyph">
        <FileIcon entry={found.entry} size={20} />
      </span>
    );
  return (
    <span class="app-icon search-glyph">
      <Icon of={found.kind === 'window' ? AppWindow : Settings} size={20} />
    </span>
  );
}

const title = (found: Found): string => {
  if (found.kind === 'app') return found.app.displayName;
  if (found.kind === 'file') return shownName(found.entry.name);
  return found.kind === 'window' ? found.window.title : found.title;
};

function detail(found: Found): string {
  const name = title(found);
  if (found.kind === 'page') return besides(name, [placeOf(found.page)]);
  if (found.kind === 'file') return besides(name, [folderTitle(folderOf(found.entry.path)), shownSize(found.entry)]);
  if (found.kind === 'window') return besides(name, [t.search.window, found.appName]);
  const { app } = found;
  const where = app.runtime === 'ephemeral_container' ? t.search.inDesktop : t.search.inPod;
  const note = app.availability.state === 'unavailable' ? app.availability.reason : where;
  const doing = app.availability.state === 'installing' ? app.availability.step : note;
  return besides(name, [app.description, doing]);
}

function placeOf(page: string): string {
  if (page === 'inspect') return t.inspect.ofDesktop;
  if (page === 'app-store') return t.appStore.subtitle;
  return page === 'files' ? t.files.home : t.settings.title;
}

function AppPills({ app, phase }: { app: App; phase: 'idle' | 'starting' | 'running' }) {
  const { availability, limits } = app;
  return (
    <>
      {phase === 'running' && <span class="pill ok">{t.search.running}</span>}
      {phase === 'starting' && <span class="pill accent">{t.search.starting}</span>}
      {availability.state === 'not_installed' && <span class="pill">{t.search.notInstalled}</span>}
      {availability.state === 'installing' && <span class="pill accent">{t.search.installing}</span>}
      {availability.state === 'unavailable' && <span class="pill bad">{t.search.unavailable}</span>}
      {phase === 'idle' && availability.state === 'ready' && limits.memoryBytes !== undefined && (
        <span class="pill number">{bytes(limits.memoryBytes)}</span>
      )}
    </>
  );
}

function actionName(action: FoundAction, found: Found): string {
  const missing = found.kind === 'app' && found.app.availability.state === 'not_installed';
  const names = {
    open: missing ? t.search.install : t.search.run,
    'in-desktop': t.search.inDesktopAction,
    'in-pod': t.search.inPodAction,
    pin: t.search.keep,
    unpin: t.search.unkeep,
    'in-files': t.foundFiles.show,
  };
  return names[action];
}
