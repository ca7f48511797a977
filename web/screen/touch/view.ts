/** Which part of the desktop a touch screen shows, and how large. Pure. */
import type { Point } from './point.ts';

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Of the desktop's corner in the window, in CSS pixels, and the scale of its pixels. */
export interface View extends Point {
  readonly zoom: number;
}

export const WHOLE_SIZE: View = { x: 0, y: 0, zoom: 1 };

const MOST_ZOOM = 4;
/** In trackpad mode, the view follows the pointer when it is this near to an edge, in CSS pixels. */
const EDGE_PX = 40;

/** As near to the view as the desktop reaches: it fills the window where it is larger, and is in the middle where not. */
export function fitted({ x, y, zoom }: View, desktop: Size, window: Size): View {
  const all = Math.min(1, window.width / desktop.width, window.height / desktop.height);
  const scale = Math.min(MOST_ZOOM, Math.max(all, zoom));
  return {
    x: placed(x, desktop.width * scale, window.width),
    y: placed(y, desktop.height * scale, window.height),
    zoom: scale,
  };
}

/** What is at `at`, a point of the window, stays there. */
export function zoomed(view: View, at: Point, factor: number): View {
  return { x: at.x - (at.x - view.x) * factor, y: at.y - (at.y - view.y) * factor, zoom: view.zoom * factor };
}

/** Where something of the desktop that was at a point of the window is in another view. */
export function moved(at: Point, before: View, after: View): Point {
  const scale = after.zoom / before.zoom;
  return { x: (at.x - before.x) * scale + after.x, y: (at.y - before.y) * scale + after.y };
}

/** How far the view must move for a point of the window not to be at an edge. */
export function following(at: Point, window: Size): Point {
  return { x: beyond(at.x, window.width), y: beyond(at.y, window.height) };
}

function placed(at: number, length: number, room: number): number {
  return length <= room ? (room - length) / 2 : Math.min(0, Math.max(room - length, at));
}

function beyond(at: number, length: number): number {
  return Math.max(0, EDGE_PX - at) + Math.min(0, length - EDGE_PX - at);
}
