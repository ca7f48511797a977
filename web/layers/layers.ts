/**
 * Everything that can open over the desktop, from bottom to top. Only the top layer takes input; closing it returns
 * the focus.
 */
import type { StoreApp } from '#protocol/app-store.ts';
import type { DebugSession } from '#protocol/debug.ts';
import type { DesktopSummary } from '#protocol/desktop.ts';
import type { Launch } from '#protocol/launch.ts';
import type { OpenRequest } from '#protocol/open.ts';
import { computed, signal } from '@preact/signals';
import type { DebugSubject, DebugVerb } from './debug-subject.ts';

export type SettingsPage =
  | 'tasks'
  | 'launches'
  | 'desktops'
  | 'debug-sessions'
  | 'prints'
  | 'system'
  | 'user'
  | 'appearance'
  | 'default-apps'
  | 'downloads'
  | 'keyboard'
  | 'about';

/** A desktop to inspect, and the launch that is selected at first. */
export interface InspectTarget {
  readonly desktopId: string;
  readonly userId: string;
  readonly launchId: string | null;
}

export type Layer =
  | { readonly kind: 'search' }
  | { readonly kind: 'menu' }
  | { readonly kind: 'notices' }
  | { readonly kind: 'volume' }
  | { readonly kind: 'paste' }
  | { readonly kind: 'clipboard' }
  | { readonly kind: 'logout' }
  | { readonly kind: 'logout-everywhere' }
  | { readonly kind: 'home' }
  | { readonly kind: 'dock-menu'; readonly key: string; readonly x: number }
  | { readonly kind: 'settings'; readonly page: SettingsPage; readonly launchId: string | null }
  | { readonly kind: 'run-again'; readonly launch: Launch }
  | { readonly kind: 'rebuild' }
  | { readonly kind: 'inspect'; readonly target: InspectTarget }
  | { readonly kind: 'debug'; readonly subject: DebugSubject; readonly verb: DebugVerb }
  | { readonly kind: 'consent'; readonly id: string }
  | { readonly kind: 'while-away'; readonly ids: readonly string[] }
  | { readonly kind: 'recording'; readonly session: DebugSession }
  | { readonly kind: 'open-with'; readonly request: OpenRequest; readonly apps: readonly string[] }
  | { readonly kind: 'desktop-full'; readonly reason: string; readonly asPod: () => Promise<boolean> }
  | { readonly kind: 'remove-print'; readonly name: string; readonly removed: () => void }
  | { readonly kind: 'app-store' }
  | { readonly kind: 'remove-app'; readonly app: StoreApp }
  | { readonly kind: 'files' }
  | { readonly kind: 'file-menu'; readonly x: number; readonly y: number }
  /** A new folder in `folder`, or another name for `rename`, a path. */
  | { readonly kind: 'file-name'; readonly folder: string; readonly rename: string | null }
  | { readonly kind: 'file-target'; readonly verb: 'MOVE' | 'COPY'; readonly paths: readonly string[] }
  | { readonly kind: 'file-conflict' }
  | { readonly kind: 'file-preview'; readonly path: string }
  /** Deletes these for ever; from the trash, they are names in it. */
  | { readonly kind: 'file-delete'; readonly of: readonly string[]; readonly fromTrash: boolean }
  | { readonly kind: 'remove-desktop'; readonly desktop: DesktopSummary; readonly removed: () => void };

interface Open {
  readonly layer: Layer;
  readonly opener: Element | null;
}

const stack = signal<readonly Open[]>([]);

export const layers = computed(() => stack.value.map(({ layer }) => layer));
export const covered = computed(() => stack.value.length > 0);

/** The screen releases its keys before a layer opens, and takes the focus back after the last one has closed. */
export const focusKeeper = { leaving: () => {}, returning: () => {} };

export function openLayer(layer: Layer): void {
  focusKeeper.leaving();
  const opener = document.activeElement;
  // At most one of each kind: opening settings again goes to the other page.
  const others = stack.value.filter((open) => open.layer.kind !== layer.kind);
  const kept = stack.value.find((open) => open.layer.kind === layer.kind);
  // A menu closes when it opens something.
  const under = others.filter((open) => !isMenu(open.layer));
  const from = others.find((open) => isMenu(open.layer))?.opener ?? opener;
  stack.value = [...under, { layer, opener: kept?.opener ?? from }];
}

/** With `toScreen`, the focus goes to the desktop instead of the element that opened the layer. */
export function closeLayer(kind: Layer['kind'], toScreen = false): void {
  const closing = stack.value.find((open) => open.layer.kind === kind);
  if (!closing) return;
  stack.value = stack.value.filter((open) => open !== closing);
  queueMicrotask(() => returnFocus(toScreen ? null : closing.opener));
}

export function closeAllLayers(): void {
  stack.value = [];
  queueMicrotask(() => returnFocus(null));
}

export function toggleLayer(layer: Layer): void {
  if (layers.value.some(({ kind }) => kind === layer.kind)) closeLayer(layer.kind);
  else openLayer(layer);
}

const isMenu = ({ kind }: Layer): boolean =>
  kind === 'menu' || kind === 'dock-menu' || kind === 'file-menu' || kind === 'search';

function returnFocus(opener: Element | null): void {
  if (opener instanceof HTMLElement && opener.isConnected && opener !== document.body)
    opener.focus({ preventScroll: true });
  else focusKeeper.returning();
}
