/**
 * A window that fills a screen of its own, without a frame. What it was like before is a property of the window, so that
 * another connection, also of another server, can give it back.
 */
import type { Atoms } from './atoms.ts';
import { type Extents, maximise, move, outerRectangle, PAGER, readExtents, type Rectangle } from './bounds.ts';
import type { XConnection } from './connection.ts';
import type { Tracked } from './windows.ts';

const NO_FRAME: Extents = { left: 0, right: 0, top: 0, bottom: 0 };
/** Of Motif's hints: flags, functions, decorations, input mode, status. The window manager reads them again when they change. */
const HINT_WORDS = 5;
const HAS_DECORATIONS = 2;
/** Where the window was, its frame, whether it was maximised, and its Motif hints if it had any. */
const BEFORE_WORDS = 9;

export async function popOut(x: XConnection, atoms: Atoms, window: Tracked, area: Rectangle): Promise<void> {
  const { id } = window;
  const property = atoms.number('DESKPOD_POPPED_OUT');
  const motif = atoms.number('_MOTIF_WM_HINTS');
  const hints = await x.words(id, motif, HINT_WORDS);
  if ((await x.words(id, property, BEFORE_WORDS)).length === 0) {
    const frame = await readExtents(x, atoms, id);
    const outer = await outerRectangle(x, id, frame);
    if (outer === null) return;
    const place = [Math.max(0, outer.x), Math.max(0, outer.y), outer.width, outer.height];
    const before = [...place, frame.left, frame.right, frame.top, frame.bottom, window.maximised ? 1 : 0, ...hints];
    await x.changeProperty(id, { atom: property, type: atoms.number('CARDINAL'), format: 32, data: before });
  }
  const [flags = 0, functions = 0, , mode = 0, status = 0] = hints;
  const bare = [(flags | HAS_DECORATIONS) >>> 0, functions, 0, mode, status];
  await x.changeProperty(id, { atom: motif, type: motif, format: 32, data: bare });
  maximise(x, atoms, id, false);
  move(x, atoms, id, area, NO_FRAME);
  // Fills the monitor also if its program prefers sizes in steps.
  maximise(x, atoms, id, true);
  x.tellRoot(id, atoms.number('_NET_ACTIVE_WINDOW'), [PAGER, 0, 0]);
}

/** Does nothing to a window that isn't popped out. */
export async function pullBack(x: XConnection, atoms: Atoms, id: number): Promise<void> {
  const property = atoms.number('DESKPOD_POPPED_OUT');
  const motif = atoms.number('_MOTIF_WM_HINTS');
  // Any program can write it: what it says are numbers of pixels, which the window manager checks.
  const before = await x.words(id, property, BEFORE_WORDS + HINT_WORDS);
  const [left, top, width, height, ...rest] = before;
  const [frameLeft = 0, frameRight = 0, frameTop = 0, frameBottom = 0, wasMaximised = 0, ...hints] = rest;
  if (left === undefined || top === undefined || !width || !height) return;
  await x.deleteProperty(id, property);
  if (hints.length === HINT_WORDS) await x.changeProperty(id, { atom: motif, type: motif, format: 32, data: hints });
  else await x.deleteProperty(id, motif);
  maximise(x, atoms, id, false);
  const frame = { left: frameLeft, right: frameRight, top: frameTop, bottom: frameBottom };
  move(x, atoms, id, { x: left, y: top, width, height }, frame);
  if (wasMaximised) maximise(x, atoms, id, true);
}

/** To the middle of the area, frame and all; a maximised window is maximised there. */
export async function moveTo(x: XConnection, atoms: Atoms, window: Tracked, area: Rectangle): Promise<void> {
  const frame = await readExtents(x, atoms, window.id);
  maximise(x, atoms, window.id, false);
  await x.sync();
  const outer = await outerRectangle(x, window.id, frame);
  if (outer === null) return;
  const [width, height] = [Math.min(outer.width, area.width), Math.min(outer.height, area.height)];
  const left = area.x + Math.floor((area.width - width) / 2);
  const top = area.y + Math.floor((area.height - height) / 2);
  move(x, atoms, window.id, { x: left, y: top, width, height }, frame);
  if (window.maximised) maximise(x, atoms, window.id, true);
  x.tellRoot(window.id, atoms.number('_NET_ACTIVE_WINDOW'), [PAGER, 0, 0]);
}
