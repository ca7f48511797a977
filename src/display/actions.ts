/** Actions on windows, requested from the window manager as a pager does (EWMH, source 2). */
import type { Placement, WindowAction } from '#protocol/window.ts';
import type { z } from 'zod';
import type { Atoms } from './atoms.ts';
import type { XConnection } from './connection.ts';
import { maximise, move, outerRectangle, PAGER, readExtents, type Rectangle } from './bounds.ts';
import { moveTo, popOut, pullBack } from './pop-out.ts';
import type { Tracked } from './windows.ts';

const ICONIC = 3;

type Bounds = z.infer<typeof Placement>;

/** Positions of windows, including frames, before they were tiled. */
export type Memory = Map<number, Rectangle>;

/** Resolves when the X server has forwarded the request; the window manager decides. */
export async function perform(
  x: XConnection,
  atoms: Atoms,
  memory: Memory,
  window: Tracked,
  action: WindowAction,
): Promise<void> {
  switch (action.action) {
    case 'activate':
      x.tellRoot(window.id, atoms.number('_NET_ACTIVE_WINDOW'), [PAGER, 0, 0]);
      break;
    case 'close':
      x.tellRoot(window.id, atoms.number('_NET_CLOSE_WINDOW'), [0, PAGER]);
      break;
    case 'minimise':
      x.tellRoot(window.id, atoms.number('WM_CHANGE_STATE'), [ICONIC]);
      break;
    case 'place':
      await setBounds(x, atoms, memory, window, action.placement);
      break;
    case 'move':
      await moveTo(x, atoms, window, action.area);
      break;
    case 'pop_out':
      await popOut(x, atoms, window, action.area);
      break;
    case 'pull_back':
      await pullBack(x, atoms, window.id);
      break;
    default:
      action satisfies never;
  }
  await x.sync();
}

/** The part of the work area that a placement covers; null for other actions. */
export function target(placement: Bounds, area: Rectangle, size: { width: number; height: number }): Rectangle | null {
  const halfWidth = Math.floor(area.width / 2);
  const halfHeight = Math.floor(area.height / 2);
  switch (placement) {
    case 'left':
      return { ...area, width: halfWidth };
    case 'right':
      return { ...area, x: area.x + halfWidth, width: area.width - halfWidth };
    case 'top':
      return { ...area, height: halfHeight };
    case 'bottom':
      return { ...area, y: area.y + halfHeight, height: area.height - halfHeight };
    case 'centre': {
      const width = Math.min(size.width, area.width);
      const height = Math.min(size.height, area.height);
      return {
        x: area.x + Math.floor((area.width - width) / 2),
        y: area.y + Math.floor((area.height - height) / 2),
        width,
        height,
      };
    }
    case 'maximise':
    case 'restore':
      return null;
    default:
      return placement satisfies never;
  }
}

async function setBounds(
  x: XConnection,
  atoms: Atoms,
  memory: Memory,
  window: Tracked,
  placement: Bounds,
): Promise<void> {
  if (placement === 'maximise') {
    maximise(x, atoms, window.id, true);
    return;
  }
  // Read again: the tracked position may be older than the last placement.
  const states = await x.words(window.id, atoms.number('_NET_WM_STATE'), 32);
  maximise(x, atoms, window.id, false);
  const frame = await readExtents(x, atoms, window.id);
  if (placement === 'restore') {
    if (states.includes(atoms.number('_NET_WM_STATE_MAXIMIZED_VERT'))) return;
    const before = memory.get(window.id);
    memory.delete(window.id);
    if (before) move(x, atoms, window.id, before, frame);
    else x.tellRoot(window.id, atoms.number('WM_CHANGE_STATE'), [ICONIC]);
    return;
  }
  const outer = await outerRectangle(x, window.id, frame);
  if (outer === null) return;
  if (placement !== 'centre' && !window.maximised && !memory.has(window.id)) memory.set(window.id, outer);
  const goal = target(placement, await workArea(x, atoms), outer);
  if (goal) move(x, atoms, window.id, goal, frame);
}

/** The work area of the current desktop; the whole screen if the window manager provides none. */
async function workArea(x: XConnection, atoms: Atoms): Promise<Rectangle> {
  const [desktop = 0] = await x.words(x.root, atoms.number('_NET_CURRENT_DESKTOP'), 1);
  const index = Math.min(desktop, 63) * 4;
  const [left, top, width, height] = await x.words(x.root, atoms.number('_NET_WORKAREA'), 4, index);
  if (left !== undefined && top !== undefined && width && height) return { x: left, y: top, width, height };
  const root = await x.geometry(x.root);
  return { x: 0, y: 0, width: root?.width ?? 0, height: root?.height ?? 0 };
}
