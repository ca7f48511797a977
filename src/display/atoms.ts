/** The X atoms that `display` uses, by name. */
import type { XConnection } from './connection.ts';

const NAMES = [
  'ATOM',
  'CLIPBOARD',
  'CARDINAL',
  'DESKPOD_CLIPBOARD',
  'DESKPOD_POPPED_OUT',
  'INCR',
  'INTEGER',
  'TARGETS',
  'TIMESTAMP',
  'UTF8_STRING',
  'WM_CHANGE_STATE',
  'WM_CLASS',
  'WM_CLIENT_LEADER',
  'WM_CLIENT_MACHINE',
  'WM_NAME',
  'WM_STATE',
  '_MOTIF_WM_HINTS',
  '_NET_ACTIVE_WINDOW',
  '_NET_CLIENT_LIST',
  '_NET_CLOSE_WINDOW',
  '_NET_CURRENT_DESKTOP',
  '_NET_FRAME_EXTENTS',
  '_NET_MOVERESIZE_WINDOW',
  '_NET_STARTUP_ID',
  '_NET_SUPPORTING_WM_CHECK',
  '_NET_WM_ICON',
  '_NET_WM_NAME',
  '_NET_WM_STATE',
  '_NET_WM_STATE_HIDDEN',
  '_NET_WM_STATE_MAXIMIZED_HORZ',
  '_NET_WM_STATE_MAXIMIZED_VERT',
  '_NET_WM_STATE_SKIP_TASKBAR',
  '_NET_WM_WINDOW_TYPE',
  '_NET_WM_WINDOW_TYPE_DESKTOP',
  '_NET_WM_WINDOW_TYPE_DOCK',
  '_NET_WORKAREA',
  'image/png',
  'text/html',
  'text/plain',
  'text/plain;charset=utf-8',
  'text/uri-list',
  'x-special/gnome-copied-files',
] as const;

export type AtomName = (typeof NAMES)[number];

/** The numbers of one X server; each server has different ones. */
export class Atoms {
  readonly #numbers: ReadonlyMap<AtomName, number>;
  readonly #names: ReadonlyMap<number, AtomName>;

  constructor(numbers: ReadonlyMap<AtomName, number>) {
    this.#numbers = numbers;
    this.#names = new Map([...numbers].map(([name, number]) => [number, name]));
  }

  /** 0, which isn't an atom, for an unknown name. */
  number(name: AtomName): number {
    return this.#numbers.get(name) ?? 0;
  }

  name(number: number): AtomName | null {
    return this.#names.get(number) ?? null;
  }
}

export async function internAtoms(x: XConnection): Promise<Atoms> {
  const entries = NAMES.map(async (name): Promise<[AtomName, number]> => [name, await x.internAtom(name)]);
  return new Atoms(new Map(await Promise.all(entries)));
}
