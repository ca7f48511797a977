/** Full screen, in which the desktop also gets the keys that browsers otherwise keep, if the browser lets pages have them. */
import { ignore } from '#protocol/ignore.ts';
import { sayAbout } from '../state/notices.ts';
import { t } from '../ui/strings/catalogue.ts';

/** Keyboard Lock, https://wicg.github.io/keyboard-lock: in browsers with Chromium's engine, over HTTPS or on localhost. */
interface KeyboardLock {
  lock(): Promise<void>;
  unlock(): void;
}

declare global {
  interface Navigator {
    readonly keyboard?: KeyboardLock;
  }
}

/** Whether the desktop gets Esc, Alt+Tab, Ctrl+W and others in full screen. */
export const canLockKeys = navigator.keyboard !== undefined;

/** Rejects if the browser refuses full screen. */
export async function toggleFullScreen(): Promise<void> {
  if (document.fullscreenElement) {
    await document.exitFullscreen();
    return;
  }
  await document.documentElement.requestFullscreen({ navigationUI: 'hide' });
  document.addEventListener('fullscreenchange', () => navigator.keyboard?.unlock(), { once: true });
  const isLocked =
    (await navigator.keyboard?.lock().then(() => true, ignore('the browser refuses it', false))) ?? false;
  sayAbout('full-screen', 'info', isLocked ? t.keyboard.allKeys : t.keyboard.someKeys, null);
}
