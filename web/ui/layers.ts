/** What lies over the desktop, bottom to top. Only the top one takes input; closing gives the focus back. */
import type { DebugSession } from '#protocol/debug.ts';
import type { DesktopSummary } from '#protocol/desktop.ts';
import type { Launch } from '#protocol/launch.ts';
import { computed, signal } from '@preact/signals';
import type { Aim } from '../debug/aim.ts';
import type { DebugVerb } from '../debug/debug-form.ts';

export type SettingsPage =
  | 'tasks'
  | 'launches'
  | 'desktops'
  | 'looks'
  | 'system'
  | 'user'
  | 'appearance'
  | 'keyboard'
  | 'about';

/** A desktop to look into, and what of it is chosen at first. */
export interface InsideOf {
  readonly desktopId: string;
  readonly userId: string;
  readonly launchId: string | null;
}

export type Layer =
  | { readonly kind: 'search' }
  | { readonly kind: 'menu' }
  | { readonly kind: 'notices' }
  | { readonly kind: 'paste' }
  | { readonly kind: 'logout' }
  | { readonly kind: 'dock-menu'; readonly key: string; readonly x: number }
  | { readonly kind: 'settings'; readonly page: SettingsPage; readonly launchId: string | null }
  | { readonly kind: 'again'; readonly launch: Launch }
  | { readonly kind: 'rebuild' }
  | { readonly kind: 'compact' }
  | { readonly kind: 'inside'; readonly of: InsideOf }
  | { readonly kind: 'debug'; readonly aim: Aim; readonly verb: DebugVerb }
  | { readonly kind: 'consent'; readonly id: string }
  | { readonly kind: 'while-away'; readonly ids: readonly string[] }
  | { readonly kind: 'recording'; readonly session: DebugSession }
  | { readonly kind: 'desktop-full'; readonly reason: string; readonly asPod: () => Promise<boolean> }
  | { readonly kind: 'remove-desktop'; readonly desktop: DesktopSummary; readonly removed: () => void };

interface Open {
  readonly layer: Layer;
  readonly opener: Element | null;
}

const stack = signal<readonly Open[]>([]);

export const layers = computed(() => stack.value.map(({ layer }) => layer));
export const covered = computed(() => stack.value.length > 0);

/** Called before a layer takes the focus and after the last one gave it back: the screen releases keys, takes focus. */
export const focusKeeper = { leaving: () => {}, returning: () => {} };

export function openLayer(layer: Layer): void {
  focusKeeper.leaving();
  const opener = document.activeElement;
  // One of a kind: asking for settings while they are open goes to the page instead.
  const others = stack.value.filter((open) => open.layer.kind !== layer.kind);
  const kept = stack.value.find((open) => open.layer.kind === layer.kind);
  // A menu never stays under what it opened.
  const under = others.filter((open) => !passing(open.layer));
  const from = others.find((open) => passing(open.layer))?.opener ?? opener;
  stack.value = [...under, { layer, opener: kept?.opener ?? from }];
}

/** After `toScreen` keys go to the application that was asked for, not back to what opened the layer. */
export function closeLayer(kind: Layer['kind'], toScreen = false): void {
  const closing = stack.value.find((open) => open.layer.kind === kind);
  if (!closing) return;
  stack.value = stack.value.filter((open) => open !== closing);
  queueMicrotask(() => giveBack(toScreen ? null : closing.opener));
}

export function closeAllLayers(): void {
  stack.value = [];
  queueMicrotask(() => giveBack(null));
}

export function toggleLayer(layer: Layer): void {
  if (layers.value.some(({ kind }) => kind === layer.kind)) closeLayer(layer.kind);
  else openLayer(layer);
}

const passing = ({ kind }: Layer): boolean => kind === 'menu' || kind === 'dock-menu' || kind === 'search';

function giveBack(opener: Element | null): void {
  if (opener instanceof HTMLElement && opener.isConnected && opener !== document.body)
    opener.focus({ preventScroll: true });
  else focusKeeper.returning();
}
