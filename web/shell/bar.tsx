/** The bar above the desktop: menu, active window's title, clipboard, notifications, user and clock. */
import { Bell, FolderClock, WifiOff } from 'lucide';
import { Banner } from '../debug/banner.tsx';
import { BarPills } from '../debug/bar-pills.tsx';
import { painted } from '../screen/control.ts';
import { board, desktop, online, session, windows } from '../state/store.ts';
import { Icon, Mark } from '../ui/icon.tsx';
import { useDelayed } from '../ui/use-delayed.ts';
import { layers, openLayer, toggleLayer } from '../layers/layers.ts';
import { t } from '../ui/strings/catalogue.ts';
import { VolumeButton } from '../sound/volume-button.tsx';
import { ClipboardButtons } from './clipboard-buttons.tsx';
import { Clock } from './clock.tsx';
import { TouchButtons } from './touch-buttons.tsx';
import './bar.css';

/** Shorter interruptions of the event stream aren't shown. */
const NOTED_MS = 1_000;

export function Bar() {
  const active = windows.value.find((window) => window.active);
  const unread = board.value.unread.length;
  const offline = useDelayed(!online.value, NOTED_MS);
  const menuOpen = layers.value.some(({ kind }) => kind === 'menu');
  return (
    <header class="bar glass" aria-label={t.bar.label} data-test="bar">
      <button
        type="button"
        class="quiet icon"
        aria-label={t.bar.menu}
        aria-haspopup="menu"
        aria-expanded={menuOpen}
        title={`${t.bar.menu} (Ctrl+Alt+M)`}
        onClick={() => toggleLayer({ kind: 'menu' })}
        data-test="menu-button"
      >
        <Mark size={16} />
      </button>
      <b class="bar-title truncate grow" data-test="window-title">
        {(painted.value && active?.title) || t.bar.noWindow}
      </b>
      {offline && (
        <span class="pill warn" role="status" data-test="offline">
          <Icon of={WifiOff} size={12} /> {t.bar.offline}
        </span>
      )}
      <Banner />
      <BarPills />
      {desktop.value?.home === 'lost' && desktop.value.id !== null && (
        <button
          type="button"
          class="quiet bar-home"
          title={t.home.markTitle}
          aria-label={t.home.markTitle}
          onClick={() => openLayer({ kind: 'home' })}
          data-test="home-mark"
        >
          <Icon of={FolderClock} size={14} /> <span>{t.home.mark}</span>
        </button>
      )}
      {painted.value && <ClipboardButtons />}
      {painted.value && <VolumeButton />}
      {painted.value && <TouchButtons />}
      <button
        type="button"
        class="quiet icon"
        aria-label={t.bar.notices(unread)}
        title={t.bar.notices(unread)}
        onClick={() => toggleLayer({ kind: 'notices' })}
        data-test="notices-button"
      >
        <Icon of={Bell} size={15} />
        {unread > 0 && <i class="bar-count number">{unread}</i>}
      </button>
      <button
        type="button"
        class="quiet bar-who"
        onClick={() => openLayer({ kind: 'settings', page: 'user', launchId: null })}
        data-test="who"
      >
        {session.value?.user.name}
      </button>
      <Clock />
    </header>
  );
}
