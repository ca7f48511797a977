/** The thin bar over the desktop: menu, the active window's title, clipboard, notices, who and when. */
import { Bell, Clipboard, ClipboardCheck, Hand, Keyboard, Search, WifiOff } from 'lucide';
import { useEffect, useState } from 'preact/hooks';
import { Banner } from '../debug/banner.tsx';
import { BarPills } from '../debug/bar-pills.tsx';
import { copyWaiting, readHere, waitingCopy } from '../screen/clipboard.ts';
import { focusScreen, painted, panning, sendText, touchKeyboard } from '../screen/control.ts';
import { say } from '../state/notices.ts';
import { board, online, session, windows } from '../state/store.ts';
import { Icon, Mark } from '../ui/icon.tsx';
import { useLate } from '../ui/late.ts';
import { layers, openLayer, toggleLayer } from '../ui/layers.ts';
import { t } from '../ui/strings/catalogue.ts';
import './bar.css';

/** A stream that comes back within this was never missed. */
const NOTED_MS = 1_000;

export function Bar() {
  const active = windows.value.find((window) => window.active);
  const unread = board.value.unread.length;
  const offline = useLate(!online.value, NOTED_MS);
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
      {painted.value && <ClipboardButtons />}
      {painted.value && <TouchButtons />}
      <button
        type="button"
        class="quiet icon"
        aria-label={t.notices.label}
        title={t.bar.notices(unread)}
        onClick={() => toggleLayer({ kind: 'notices' })}
        data-test="notices-button"
      >
        <Icon of={Bell} size={15} />
        {unread > 0 && <i class="bar-dot" />}
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

function ClipboardButtons() {
  const paste = async () => {
    const text = await readHere();
    if (text === null) openLayer({ kind: 'paste' });
    else if (text === '') say('info', t.clipboard.empty);
    else {
      sendText(text);
      say('info', t.clipboard.sent);
      focusScreen();
    }
  };
  return (
    <>
      {waitingCopy.value !== null && (
        <button
          type="button"
          class="bar-copy"
          title={waitingCopy.value.slice(0, 200)}
          onClick={() => void copyWaiting().then(focusScreen)}
          data-test="clipboard-copy"
        >
          <Icon of={ClipboardCheck} size={14} /> {t.clipboard.copyHere}
        </button>
      )}
      <button
        type="button"
        class="quiet icon"
        aria-label={t.clipboard.paste}
        title={t.clipboard.paste}
        onClick={() => void paste()}
        data-test="clipboard-paste"
      >
        <Icon of={Clipboard} size={15} />
      </button>
    </>
  );
}

/** Only where fingers are: shown by style for coarse pointers. */
function TouchButtons() {
  return (
    <>
      <button
        type="button"
        class="quiet icon touch-only"
        aria-label={t.screen.pan}
        aria-pressed={panning.value}
        onClick={() => (panning.value = !panning.value)}
      >
        <Icon of={Hand} size={15} />
      </button>
      <button
        type="button"
        class="quiet icon touch-only"
        aria-label={t.screen.keyboard}
        aria-pressed={touchKeyboard.value}
        onClick={() => {
          touchKeyboard.value = !touchKeyboard.value;
          focusScreen();
        }}
        data-test="touch-keyboard"
      >
        <Icon of={Keyboard} size={16} />
      </button>
      <button
        type="button"
        class="quiet icon small-only"
        aria-label={t.bar.search}
        onClick={() => openLayer({ kind: 'search' })}
      >
        <Icon of={Search} size={15} />
      </button>
    </>
  );
}

function Clock() {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    // Right at each full minute.
    const timer = setTimeout(() => setNow(new Date()), 60_000 - (Date.now() % 60_000) + 5);
    return () => clearTimeout(timer);
  }, [now]);
  return (
    <time class="bar-clock number" dateTime={now.toISOString()}>
      {new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' }).format(now)}
    </time>
  );
}
