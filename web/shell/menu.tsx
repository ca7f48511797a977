/** The main menu: everything that isn't an app. */
import {
  Check,
  Expand,
  FolderOpen,
  Keyboard,
  LogOut,
  MonitorOff,
  MonitorUp,
  PanelBottomClose,
  ScanEye,
  Search,
  Settings,
  Shrink,
  SquareTerminal,
  Store,
} from 'lucide';
import type { ComponentChildren } from 'preact';
import { attempt } from '../state/notices.ts';
import { changePreferences } from '../state/preferences.ts';
import { disconnect } from '../state/session.ts';
import { preferences, session } from '../state/store.ts';
import { openFiles } from '../files/panel.ts';
import { inspectOwnDesktop } from '../inspect/open-inspect.ts';
import { addScreen } from '../screens/screens.ts';
import { openShellIn, terminal } from '../terminal/control.ts';
import { Icon } from '../ui/icon.tsx';
import { LayerFrame, menuKeys } from '../layers/layer-frame.tsx';
import { closeLayer, openLayer } from '../layers/layers.ts';
import { keyName } from '../ui/key-name.ts';
import { t } from '../ui/strings/catalogue.ts';
import { SHORTCUT_KEYS, type ShortcutAction } from '../state/shortcuts.ts';

const THEMES = ['system', 'light', 'dark'] as const;

export function Menu() {
  const { theme, dockHidden } = preferences.value;
  const full = document.fullscreenElement !== null;
  return (
    <LayerFrame
      kind="menu"
      label={t.menu.label}
      role="menu"
      class="menu"
      style={{ insetInlineStart: '8px', top: '42px' }}
    >
      <div onKeyDown={menuKeys}>
        <div class="head">{session.value?.user.name}</div>
        <Item icon={Search} keys="search" test="menu-search" run={() => openLayer({ kind: 'search' })} stays>
          {t.menu.search}
        </Item>
        <Item
          icon={Settings}
          test="menu-settings"
          run={() => openLayer({ kind: 'settings', page: 'tasks', launchId: null })}
          stays
        >
          {t.menu.settings}
        </Item>
        <Item icon={FolderOpen} keys="files" test="menu-files" run={openFiles} stays>
          {t.files.title}
        </Item>
        <Item icon={Store} test="menu-app-store" run={() => openLayer({ kind: 'app-store' })} stays>
          {t.appStore.title}
        </Item>
        <Item icon={SquareTerminal} keys="terminal" test="menu-terminal" run={openTerminal}>
          {t.menu.shell}
        </Item>
        <Item icon={ScanEye} test="menu-inspect" run={inspectOwnDesktop} stays>
          {t.inspect.open}
        </Item>
        <Item icon={MonitorUp} keys="screen" test="menu-add-screen" run={() => void addScreen()}>
          {t.screens.add}
        </Item>
        <Item icon={full ? Shrink : Expand} test="menu-fullscreen" run={() => void attempt(toggleFullScreen)}>
          {full ? t.menu.leaveFullScreen : t.menu.fullScreen}
        </Item>
        <hr />
        <div class="head" id="menu-theme">
          {t.menu.theme}
        </div>
        <div role="group" aria-labelledby="menu-theme">
          {THEMES.map((one) => (
            <Choice
              key={one}
              role="menuitemradio"
              on={theme === one}
              test={`theme-${one}`}
              run={() => changePreferences({ theme: one })}
            >
              {t.menu[one]}
            </Choice>
          ))}
        </div>
        <hr />
        <Choice
          role="menuitemcheckbox"
          on={dockHidden}
          icon={PanelBottomClose}
          test="menu-hide-dock"
          run={() => changePreferences({ dockHidden: !dockHidden })}
        >
          {t.menu.hideDock}
        </Choice>
        <Item
          icon={Keyboard}
          keys="help"
          test="menu-help"
          run={() => openLayer({ kind: 'settings', page: 'keyboard', launchId: null })}
          stays
        >
          {t.menu.keyboard}
        </Item>
        <hr />
        <Item icon={MonitorOff} test="menu-disconnect" run={() => void attempt(disconnect)}>
          {t.menu.disconnect} <span class="small">{t.menu.disconnectHint}</span>
        </Item>
        <Item icon={LogOut} test="menu-logout" run={() => openLayer({ kind: 'logout' })} stays>
          {t.menu.logout}
        </Item>
      </div>
    </LayerFrame>
  );
}

interface ItemProps {
  readonly icon?: Parameters<typeof Icon>[0]['of'];
  readonly keys?: ShortcutAction;
  readonly test: string;
  readonly run: () => void;
  /** It opens a layer that replaces the menu; otherwise the menu closes first. */
  readonly stays?: boolean;
  readonly children: ComponentChildren;
}

function Item({ icon, keys, test, run, stays = false, children }: ItemProps) {
  const choose = () => {
    if (!stays) closeLayer('menu');
    run();
  };
  return (
    <button type="button" role="menuitem" onClick={choose} data-test={test}>
      {icon && <Icon of={icon} directed={icon === LogOut} />}
      {children}
      {keys && <kbd>{SHORTCUT_KEYS[keys].map(keyName).join('+')}</kbd>}
    </button>
  );
}

type ChoiceProps = Omit<ItemProps, 'keys' | 'stays'> & {
  readonly role: 'menuitemradio' | 'menuitemcheckbox';
  readonly on: boolean;
};

function Choice({ role, on, icon, test, run, children }: ChoiceProps) {
  return (
    <button type="button" role={role} aria-checked={on} onClick={run} data-test={test}>
      {icon ? <Icon of={icon} /> : <span class="menu-space" />}
      {children}
      <span class="small">{on && <Icon of={Check} size={14} />}</span>
    </button>
  );
}

function openTerminal(): void {
  openShellIn(null);
  setTimeout(() => terminal.focus?.());
}

async function toggleFullScreen(): Promise<void> {
  if (document.fullscreenElement) await document.exitFullscreen();
  else await document.documentElement.requestFullscreen();
}
