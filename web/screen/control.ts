/** The screen, for the rest of the UI, independent of its current connection. */
import { signal } from '@preact/signals';
import { MAX_CLIPBOARD_BYTES } from '#protocol/screen.ts';
import { say } from '../state/notices.ts';
import { size } from '../ui/format.ts';
import { t } from '../ui/strings/catalogue.ts';
import { clipboardBytes, isTooLarge } from './clipboard-bytes.ts';
import { clipboards } from './clipboard.ts';
import { KeyQueue } from './key-queue.ts';
import { Keyboard } from './keyboard.ts';
import { isMac } from './platform.ts';
import type { ScreenState } from './reconnect.ts';
import type { RfbLink } from './rfb.ts';

export const screenState = signal<ScreenState>('closed');
/** The server's error after which automatic retries are useless. */
export const screenRefusal = signal<unknown>(null);
/** True once the first frame has been painted. */
export const painted = signal(false);
/** On touch devices: fingers only move the view. */
export const panning = signal(false);
export const touchKeyboard = signal(false);
/** Without a finger, the left button is pressed until the next tap. */
export const touchLocked = signal(false);
/** Of the keys on the screen: for the next key. */
export const touchModifiers = signal<readonly number[]>([]);

export const current: { link: RfbLink | null; field: HTMLTextAreaElement | null } = { link: null, field: null };

export const keyQueue = new KeyQueue({
  now: () => performance.now(),
  dropped: () => say('warning', t.screen.keysDropped),
});
export const keyboard = new Keyboard((item) => keyQueue.push(item), isMac);

export function focusScreen(): void {
  current.field?.focus({ preventScroll: true });
}

export function hasScreenFocus(): boolean {
  const at = document.activeElement;
  return at !== null && (at === current.field || at === current.link?.canvas);
}

export function leaveScreen(): void {
  keyboard.releaseAll();
}

/** Sends text to the desktop's clipboard. If it is too large, shows a notice and returns false. */
export function sendText(text: string): boolean {
  if (isTooLarge(text)) {
    refuseText(clipboardBytes(text));
    return false;
  }
  clipboards.rememberSent(text);
  // noVNC can't encode lone surrogates.
  keyQueue.push({ kind: 'text', text: text.toWellFormed() });
  return true;
}

/** The notice to show afterwards. */
export function sentNotice(): string {
  return screenState.value === 'connected' ? t.clipboard.sent : t.clipboard.sentLater;
}

export function refuseText(bytes: number): void {
  say('error', t.clipboard.tooLargeHere(size(bytes), size(MAX_CLIPBOARD_BYTES)));
}

/** A key of the screen, with the modifiers chosen there. */
export function tapKey(keysym: number): void {
  keyboard.type([keysym], takeTouchModifiers());
}

/** They are for one key. */
export function takeTouchModifiers(): readonly number[] {
  const modifiers = touchModifiers.value;
  if (modifiers.length > 0) touchModifiers.value = [];
  return modifiers;
}

export function showState(state: ScreenState): void {
  screenState.value = state;
  document.documentElement.dataset['screen'] = state;
}
