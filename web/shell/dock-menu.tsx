/** The menu of a dock entry: its windows, a new one, stop, and its position in the dock. */
import { AppWindow, ArrowLeft, ArrowRight, ListChecks, Pin, PinOff, Plus, Square } from 'lucide';
import { useEffect } from 'preact/hooks';
import { apps, preferences } from '../state/store.ts';
import { programsOf, setProgramMuted, setProgramVolume } from '../sound/control.ts';
import { VolumeRow } from '../sound/volume-row.tsx';
import { Icon } from '../ui/icon.tsx';
import { rightToLeft } from '../ui/language.ts';
import { LayerFrame, menuKeys } from '../layers/layer-frame.tsx';
import { closeLayer, openLayer } from '../layers/layers.ts';
import { t } from '../ui/strings/catalogue.ts';
import { actOnWindow, movePin, runApp, stopApp, togglePin } from '../apps/actions.ts';
import { pinsOf } from '../apps/dock-entries.ts';
import { WindowPlaces } from './window-places.tsx';
import { currentDock } from './dock.tsx';

const WIDTH = 248;

export function DockMenu({ of: key, x }: { of: string; x: number }) {
  const entry = currentDock().find((candidate) => candidate.key === key);
  useEffect(() => {
    if (!entry) closeLayer('dock-menu');
  }, [entry === undefined]);
  if (!entry) return null;
  const { app, name, windows, launches, pinned, waiting } = entry;
  const heard = programsOf(launches);
  const pins = pinsOf(preferences.value.dock, apps.value);
  const at = pins.indexOf(key);
  // The dock starts at the right in right-to-left pages.
  const [left, right] = rightToLeft() ? [at + 1, at - 1] : [at - 1, at + 1];
  const has = (place: number) => place >= 0 && place < pins.length;
  const then = (run: () => unknown) => () => {
    closeLayer('dock-menu', true);
    void run();
  };
  const edge = Math.max(8, Math.min(x - WIDTH / 2, window.innerWidth - WIDTH - 8));
  return (
    <LayerFrame
      kind="dock-menu"
      label={name}
      role={heard.length > 0 ? 'dialog' : 'menu'}
      class="menu"
      style={{ left: `${edge}px`, bottom: '84px', width: `${WIDTH}px` }}
    >
      {/* Sliders aren't items of a menu: beside them, the items are a menu of their own. */}
      <div onKeyDown={menuKeys} role={heard.length > 0 ? 'menu' : undefined} aria-label={name}>
        <div class="head truncate">{name}</div>
        {waiting !== null && (
          <p class="small dock-waiting" data-test="dock-menu-waiting">
            {waiting}
          </p>
        )}
        {windows.map((window) => (
          <button
            type="button"
            role="menuitem"
            key={window.id}
            onClick={then(() => actOnWindow(window.id, { action: 'activate' }))}
            data-test="dock-menu-window"
          >
            <Icon of={AppWindow} />
            <span class="truncate">{window.title}</span>
            {window.minimised && <span class="small">{t.dock.minimised}</span>}
          </button>
        ))}
        {windows.length > 0 && <hr />}
        {windows.map((window) => (
          <WindowPlaces key={window.id} of={window} isOnly={windows.length === 1} then={then} />
        ))}
        {windows.length > 0 && <hr />}
        {app && (
          <button type="button" role="menuitem" onClick={then(() => runApp(app))} data-test="dock-menu-open">
            <Icon of={Plus} />
            {launches.length > 0 ? t.dock.newWindow : t.dock.open}
          </button>
        )}
        {launches.length > 0 && (
          <>
            <button type="button" role="menuitem" onClick={then(() => stopApp(key))} data-test="dock-menu-stop">
              <Icon of={Square} />
              {t.dock.stop}
            </button>
            <button
              type="button"
              role="menuitem"
              onClick={() => openLayer({ kind: 'settings', page: 'tasks', launchId: launches[0]?.id ?? null })}
            >
              <Icon directed of={ListChecks} />
              {t.dock.tasks}
            </button>
          </>
        )}
        {app && (
          <button type="button" role="menuitem" onClick={then(() => togglePin(app.id))} data-test="dock-menu-pin">
            <Icon of={pinned ? PinOff : Pin} />
            {pinned ? t.dock.unkeep : t.dock.keep}
          </button>
        )}
        {pinned && has(left) && (
          <button type="button" role="menuitem" onClick={then(() => movePin(key, left))}>
            <Icon of={ArrowLeft} />
            {t.dock.moveLeft}
          </button>
        )}
        {pinned && has(right) && (
          <button type="button" role="menuitem" onClick={then(() => movePin(key, right))}>
            <Icon of={ArrowRight} />
            {t.dock.moveRight}
          </button>
        )}
      </div>
      {heard.length > 0 && <hr />}
      {heard.map((program) => (
        <VolumeRow
          key={program.index}
          name={program.title || program.program || name}
          volume={program.volume}
          muted={program.muted}
          setVolume={(to) => setProgramVolume(program, to)}
          setMuted={(to) => setProgramMuted(program, to)}
          test="dock-menu-volume"
        />
      ))}
    </LayerFrame>
  );
}
