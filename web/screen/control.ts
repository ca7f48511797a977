/** What the rest of the shell may do with the screen, whichever connection stands at the moment. */
import { signal } from '@preact/signals';
import { rememberSent } from './clipboard.ts';
import { releaseKeys } from './key-field.ts';
import type { ScreenState } from './reconnect.ts';
import type { RfbLink } from './rfb.ts';

export const screenState = signal<ScreenState>('closed');
/** True from the first painted frame on. */
export const painted = signal(false);
/** Touch: the picture is moved and zoomed by the browser instead of being clicked. */
export const panning = signal(false);
export const touchKeyboard = signal(false);

export const current: { link: RfbLink | null; field: HTMLTextAreaElement | null } = { link: null, field: null };

export function focusScreen(): void {
  current.field?.focus({ preventScroll: true });
}

export function hasScreenFocus(): boolean {
  const at = document.activeElement;
  return at !== null && (at === current.field || at === current.link?.canvas);
}

export function leaveScreen(): void {
  releaseKeys();
}

export function sendText(text: string): void {
  rememberSent(text);
  current.link?.sendClipboard(text);
}

export function tapKey(keysym: number, modifiers: readonly number[] = []): void {
  for (const modifier of modifiers) current.link?.sendKey(modifier, null, true);
  current.link?.sendKey(keysym, null);
  for (const modifier of modifiers.toReversed()) current.link?.sendKey(modifier, null, false);
}

export function showState(state: ScreenState): void {
  screenState.value = state;
  document.documentElement.dataset['screen'] = state;
}
