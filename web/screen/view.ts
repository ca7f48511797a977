/** Which part of the desktop this page shows, and which screens the desktop has: between the screen and what owns them. */
import { effect, signal } from '@preact/signals';
import type { ScreenNotice, ScreenWish } from '#protocol/screen.ts';
import type { ScreenLayout } from '#protocol/screens.ts';

/** The only screen that this page shows; null for the whole desktop. */
export const shownScreen = signal<number | null>(null);
/** The screens that the desktop is to have; null while its size is that of this page alone. */
export const wantedScreens = signal<ScreenLayout | null>(null);
/** The screens that it has, as the gateway tells. */
export const desktopScreens = signal<ScreenLayout>([]);
/** Why the desktop couldn't have `wantedScreens`. */
export const refusedScreens = signal<string | null>(null);
/** How often another viewer of the desktop has left. */
export const viewersLeft = signal(0);
/** This page is the window of another screen: its size is that of the screen, not of the desktop. */
export const isOtherScreen = signal(false);
/** Requests the desktop's size instead of this page; false if the desktop already has it. */
export const sizeOwner = signal<(() => boolean) | null>(null);

type Want = (wish: ScreenWish) => void;

/** From the opening of a connection. Returns a function that stops it. */
export function followShownScreen(want: Want): () => void {
  let said: number | null = null;
  return effect(() => {
    const screen = shownScreen.value;
    if (screen !== said) want({ kind: 'view', screen });
    said = screen;
  });
}

/** From when the connection is established; `now` says whether the desktop is to get them at once. Returns a function that stops it. */
export function followWantedScreens(want: Want, now: boolean): () => void {
  let waits = !now;
  return effect(() => {
    const screens = wantedScreens.value;
    if (screens !== null && !waits) want({ kind: 'layout', screens: [...screens] });
    waits = false;
  });
}

export function noteScreens(notice: ScreenNotice): void {
  if (notice.kind === 'screens') desktopScreens.value = notice.screens;
  else if (notice.kind === 'layout_refused') refusedScreens.value = notice.reason;
  else if (notice.kind === 'viewer_left') viewersLeft.value += 1;
}
