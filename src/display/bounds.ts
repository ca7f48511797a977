/** Where windows are, including their frames, and how the window manager is asked to change that (EWMH). */
import type { Atoms } from './atoms.ts';
import type { XConnection } from './connection.ts';

/** EWMH's source of a request: a pager, which acts for the user. */
export const PAGER = 2;
const REMOVE = 0;
const ADD = 1;
const NORTH_WEST = 1;
const ALL_FOUR = 0xf << 8;

export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Extents {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export function maximise(x: XConnection, atoms: Atoms, id: number, isOn: boolean): void {
  const both = [atoms.number('_NET_WM_STATE_MAXIMIZED_VERT'), atoms.number('_NET_WM_STATE_MAXIMIZED_HORZ')];
  x.tellRoot(id, atoms.number('_NET_WM_STATE'), [isOn ? ADD : REMOVE, ...both, PAGER]);
}

/** `goal` is the target of the frame; window managers expect the size of its contents. */
export function move(x: XConnection, atoms: Atoms, id: number, goal: Rectangle, frame: Extents): void {
  const width = Math.max(1, goal.width - frame.left - frame.right);
  const height = Math.max(1, goal.height - frame.top - frame.bottom);
  const flags = NORTH_WEST | ALL_FOUR | (PAGER << 12);
  x.tellRoot(id, atoms.number('_NET_MOVERESIZE_WINDOW'), [flags, goal.x, goal.y, width, height]);
}

export async function outerRectangle(x: XConnection, id: number, frame: Extents): Promise<Rectangle | null> {
  const [origin, size] = await Promise.all([x.origin(id), x.geometry(id)]);
  if (origin === null || size === null) return null;
  return {
    x: origin.destX - frame.left,
    y: origin.destY - frame.top,
    width: size.width + frame.left + frame.right,
    height: size.height + frame.top + frame.bottom,
  };
}

export async function readExtents(x: XConnection, atoms: Atoms, id: number): Promise<Extents> {
  const [left = 0, right = 0, top = 0, bottom = 0] = await x.words(id, atoms.number('_NET_FRAME_EXTENTS'), 4);
  return { left, right, top, bottom };
}
