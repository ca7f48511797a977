/** The dock: pinned apps, then running ones. It hides automatically if the user prefers that. */
import { Folder, Search, Store, Volume2 } from 'lucide';
import { useRef, useState } from 'preact/hooks';
import { apps, launches, preferences, windows } from '../state/store.ts';
import { focusScreen } from '../screen/control.ts';
import { programsOf } from '../sound/control.ts';
import { AppIcon } from '../ui/app-icon.tsx';
import { Icon } from '../ui/icon.tsx';
import { openLayer } from '../layers/layers.ts';
import { openFiles } from '../files/panel.ts';
import { SHORTCUT_KEYS } from '../state/shortcuts.ts';
import { keyName } from '../ui/key-name.ts';
import { isTouch } from '../ui/pointer.ts';
import { t } from '../ui/strings/catalogue.ts';
import { actOnWindow, movePin, runApp } from '../apps/actions.ts';
import { dockClick, type DockEntry, dockEntries, pinsOf } from '../apps/dock-entries.ts';
import './dock.css';

/** A touch of this length opens the menu. */
const LONG_PRESS_MS = 500;

export function currentDock(): readonly DockEntry[] {
  const pins = pinsOf(preferences.value.dock, apps.value);
  return dockEntries({ pins, apps: apps.value, launches: launches.value, windows: windows.value });
}

export function Dock() {
  const [dragged, setDragged] = useState<string | null>(null);
  const entries = currentDock();
  const hides = preferences.value.dockHidden;
  const touch = isTouch();
  const search = touch ? t.dock.searchTouch : t.dock.search;
  const drop = (entry: DockEntry) => {
    if (dragged !== null && dragged !== entry.key && entry.app) {
      const pins = pinsOf(preferences.value.dock, apps.value);
      const at = pins.indexOf(entry.key);
      movePin(dragged, at < 0 ? pins.length : at);
    }
    setDragged(null);
  };
  return (
    <nav class={hides ? 'dock-zone hides' : 'dock-zone'} aria-label={t.dock.label} data-test="dock">
      <div class="dock glass">
        <button
          type="button"
          class="dock-cell"
          aria-label={search}
          title={search}
          onClick={() => openLayer({ kind: 'search' })}
          data-test="dock-search"
        >
          <span class="app-icon dock-search">
            <Icon of={Search} size={20} />
          </span>
        </button>
        <button
          type="button"
          class="dock-cell"
          aria-label={t.files.title}
          title={touch ? t.files.title : `${t.files.title} (${SHORTCUT_KEYS.files.map(keyName).join('+')})`}
          onClick={() => openFiles()}
          data-test="dock-files"
        >
          <span class="app-icon dock-files">
            <Icon of={Folder} size={20} />
          </span>
        </button>
        <button
          type="button"
          class="dock-cell"
          aria-label={t.appStore.title}
          title={t.appStore.title}
          onClick={() => openLayer({ kind: 'app-store' })}
          data-test="dock-app-store"
        >
          <span class="app-icon dock-app-store">
            <Icon of={Store} size={20} />
          </span>
        </button>
        <i class="dock-line" />
        {entries.length === 0 && <p class="dock-empty">{touch ? t.dock.emptyTouch : t.dock.empty}</p>}
        {entries.map((entry) => (
          <Cell key={entry.key} entry={entry} drag={() => setDragged(entry.key)} drop={() => drop(entry)} />
        ))}
      </div>
    </nav>
  );
}

function Cell({ entry, drag, drop }: { entry: DockEntry; drag: () => void; drop: () => void }) {
  const { key, app, name, icon, phase, windows, waiting } = entry;
  const press = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const long = useRef(false);
  const menu = (cell: Element) => {
    const box = cell.getBoundingClientRect();
    openLayer({ kind: 'dock-menu', key, x: Math.round(box.left + box.width / 2) });
  };
  const click = (cell: Element) => {
    if (long.current) return;
    const what = dockClick(entry);
    if (what.act === 'launch' && app) void runApp(app);
    else if (what.act === 'activate' || what.act === 'minimise') void actOnWindow(what.window, { action: what.act });
    if (what.act === 'menu') menu(cell);
    // Keys now go to the app.
    else focusScreen();
  };
  const dots = Math.min(3, windows.length);
  const heard = programsOf(entry.launches).length > 0;
  return (
    <button
      type="button"
      class={`dock-cell ${phase}`}
      aria-label={`${name}, ${describe(entry)}${heard ? `, ${t.sound.plays}` : ''}`}
      aria-haspopup="menu"
      title={waiting === null ? name : `${name}: ${waiting}`}
      draggable={app !== null}
      onClick={(event) => click(event.currentTarget)}
      onContextMenu={(event) => {
        event.preventDefault();
        menu(event.currentTarget);
      }}
      onPointerDown={(event) => {
        long.current = false;
        const cell = event.currentTarget;
        if (event.pointerType === 'touch')
          press.current = setTimeout(() => {
            long.current = true;
            menu(cell);
          }, LONG_PRESS_MS);
      }}
      onPointerUp={() => clearTimeout(press.current)}
      onPointerCancel={() => clearTimeout(press.current)}
      onDragStart={(event) => {
        clearTimeout(press.current);
        event.dataTransfer?.setData('text/plain', key);
        drag();
      }}
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        drop();
      }}
      data-test="dock-app"
      data-app={app?.name ?? key}
      data-phase={phase}
      data-windows={windows.length}
      data-heard={heard}
    >
      <AppIcon name={name} url={icon} />
      {heard && (
        <span class="dock-sound">
          <Icon of={Volume2} size={12} />
        </span>
      )}
      <span class="dock-dots" aria-hidden="true">
        {Array.from({ length: dots }, (_, at) => (
          <i key={at} class={windows.some(({ active }) => active) ? 'on' : ''} />
        ))}
      </span>
    </button>
  );
}

function describe({ phase, windows, waiting }: DockEntry): string {
  if (phase === 'starting') return waiting === null ? t.dock.starting : `${t.dock.starting}: ${waiting}`;
  if (phase === 'installing') return t.dock.installing;
  return phase === 'idle' ? t.dock.notRunning : t.dock.windows(windows.length);
}
