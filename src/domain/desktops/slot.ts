/** The server's state of one user's desktop, and its presentation. */
import type { Desktop, DesktopRequest, DesktopState, Geometry, Home } from '#protocol/desktop.ts';
import type { Notice } from '#protocol/events.ts';
import { DesktopLook } from './look.ts';
import { type EngineDesktop, locationOf } from '../ports/engine.ts';
import { DeskpodError } from '../errors.ts';
import type { TraceRecorder } from './start-trace.ts';

const NO_ENTRIES = { finished: 0, most: null };
export const HOME_KEPT = 'The files in your home folder are kept.';
export const HOME_DELETED = 'The files in its home folder are deleted.';

/** A cache: the engine has the authoritative state. */
export interface Slot {
  status: DesktopState;
  desktop: EngineDesktop | null;
  trace: TraceRecorder | null;
  abort: AbortController | null;
  /** The requested geometry, if this server started it. */
  geometry: Partial<Geometry>;
  /** The user scheduled a rebuild for when it is unattended. */
  rebuild: 'idle' | null;
  /** Of the current or the last desktop. */
  home: Home | null;
  readonly look: DesktopLook;
  /** Another server is removing it. */
  removedElsewhere: boolean;
}

export function emptySlot(): Slot {
  return {
    status: { state: 'none' },
    desktop: null,
    trace: null,
    abort: null,
    geometry: {},
    rebuild: null,
    home: null,
    look: new DesktopLook(),
    removedElsewhere: false,
  };
}

export function present(slot: Slot = emptySlot()): Desktop {
  const { desktop, status, trace, rebuild, home } = slot;
  return {
    id: desktop?.id ?? null,
    status,
    trace: trace?.snapshot() ?? null,
    place: desktop ? locationOf(desktop) : null,
    entries: desktop?.entries ?? NO_ENTRIES,
    home: desktop?.home ?? home,
    ...(rebuild === null || desktop === null ? {} : { rebuild }),
  };
}

export function failure(error: unknown): DesktopState {
  if (!(error instanceof DeskpodError)) return { state: 'failed', reason: 'The desktop couldn’t be started.' };
  return { state: 'failed', reason: error.message, ...(error.remedy ? { remedy: error.remedy } : {}) };
}

export function geometryOf({ width, height }: DesktopRequest): Partial<Geometry> {
  return { ...(width === undefined ? {} : { width }), ...(height === undefined ? {} : { height }) };
}

/** A warning at the start: at the end it would be too late. */
export function lostHomeNotice(desktopId: string): Notice {
  return {
    id: `home-${desktopId}`,
    level: 'warning',
    text: 'Files in your home folder are deleted when this desktop ends. To download them first, open “Temporary files” in the bar.',
    launchId: null,
    at: new Date().toISOString(),
  };
}
