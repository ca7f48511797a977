/** The entries of the dock: pinned apps first, then running ones, each with its windows. Pure. */
import type { App } from '#protocol/app.ts';
import type { Launch } from '#protocol/launch.ts';
import type { Window } from '#protocol/window.ts';
import { isOver, waitingOf } from '../state/world.ts';

export interface DockEntry {
  /** The app's ID, or `class:` and the window class for windows of unknown apps. */
  readonly key: string;
  readonly app: App | null;
  readonly name: string;
  readonly icon: string | null;
  readonly pinned: boolean;
  readonly windows: readonly Window[];
  /** Not finished. */
  readonly launches: readonly Launch[];
  readonly phase: 'idle' | 'installing' | 'starting' | 'running';
  /** What a starting launch waits for, as the engine reports it. */
  readonly waiting: string | null;
}

export interface DockInput {
  readonly pins: readonly string[];
  readonly apps: readonly App[];
  readonly launches: readonly Launch[];
  readonly windows: readonly Window[];
}

/** The user's pins, or the catalogue's if the user has none. */
export function pinsOf(kept: readonly string[], apps: readonly App[]): readonly string[] {
  return kept.length > 0 ? kept : apps.filter(({ pinned }) => pinned).map(({ id }) => id);
}

export function dockEntries({ pins, apps, launches, windows }: DockInput): readonly DockEntry[] {
  const open = launches.filter((launch) => !isOver(launch));
  const byId = new Map(apps.map((app) => [app.id, app]));
  const keyOfWindow = (window: Window): string => {
    const launch = open.find(({ id }) => id === window.launchId);
    const app = launch
      ? byId.get(launch.appId)
      : apps.find(({ wmClass }) => wmClass !== '' && wmClass === window.wmClass);
    return app?.id ?? launch?.appId ?? `class:${window.wmClass}`;
  };
  const grouped = Map.groupBy(windows, keyOfWindow);
  const installing = apps.filter(({ availability }) => availability.state === 'installing').map(({ id }) => id);
  // Launches arrive newest first; in the dock the oldest comes first, so that entries don't move.
  const started = open.map(({ appId }) => appId).toReversed();
  const keys = new Set([...pins.filter((id) => byId.has(id)), ...started, ...installing, ...grouped.keys()]);

  return [...keys].map((key) => {
    const app = byId.get(key) ?? null;
    const own = grouped.get(key) ?? [];
    const mine = open.filter(({ appId }) => appId === key);
    const name = app?.displayName ?? mine[0]?.appName ?? own[0]?.title ?? key;
    const icon = app?.iconUrl ?? own.find(({ iconUrl }) => iconUrl !== null)?.iconUrl ?? null;
    return {
      key,
      app,
      name,
      icon,
      pinned: pins.includes(key),
      windows: own,
      launches: mine,
      phase: phaseOf(app, mine, own),
      waiting: mine.map(waitingOf).find((reason) => reason !== null) ?? null,
    };
  });
}

function phaseOf(app: App | null, launches: readonly Launch[], windows: readonly Window[]): DockEntry['phase'] {
  if (launches.some(({ status }) => status.state === 'starting')) return 'starting';
  if (app?.availability.state === 'installing') return 'installing';
  return launches.length > 0 || windows.length > 0 ? 'running' : 'idle';
}

export type DockClick =
  | { readonly act: 'launch' }
  | { readonly act: 'activate' | 'minimise'; readonly window: number }
  | { readonly act: 'menu' }
  | { readonly act: 'wait' };

/** Starts an app that isn't running, activates or cycles through its windows, minimises its only window. */
export function dockClick({ windows, phase }: DockEntry): DockClick {
  const active = windows.findIndex((window) => window.active && !window.minimised);
  const next = windows[(active + 1) % Math.max(1, windows.length)];
  if (next && active >= 0 && windows.length === 1) return { act: 'minimise', window: next.id };
  if (next) return { act: 'activate', window: next.id };
  if (phase === 'idle') return { act: 'launch' };
  return phase === 'running' ? { act: 'menu' } : { act: 'wait' };
}

/** The pins with `id` at `index`, pinning the app if necessary. */
export function movedPin(pins: readonly string[], id: string, index: number): readonly string[] {
  const others = pins.filter((pin) => pin !== id);
  return others.toSpliced(Math.max(0, Math.min(index, others.length)), 0, id);
}
