/** Where rectangles of a framebuffer are in a part of it. Pure. */
import { type Area, isInside } from '#gateway/rfb/area.ts';
import { ENCODING } from '#gateway/rfb/encodings.ts';
import type { Rectangle } from '#gateway/rfb/server-pieces.ts';

/**
 * A rectangle of the desktop in the coordinates of the area. One that isn't wholly inside comes to lie below the area, where
 * nothing is seen: it can't be left out, because the next ones continue its compression. The desktop sends such ones only
 * until it knows of a new area, all of which is requested then.
 */
export function moved(rectangle: Rectangle, area: Area): Rectangle {
  const { x, y, encoding } = rectangle;
  if (encoding === ENCODING.vmwareCursorPosition)
    return { ...rectangle, x: within(x - area.x, area.width - 1), y: within(y - area.y, area.height - 1) };
  // For pseudo-encodings, x and y are no place.
  if (encoding < 0 || encoding > 0xffff) return rectangle;
  if (!isInside(rectangle, area)) return { ...rectangle, x: 0, y: area.height };
  return area.x === 0 && area.y === 0 ? rectangle : { ...rectangle, x: x - area.x, y: y - area.y };
}

export function within(value: number, most: number): number {
  return Math.max(0, Math.min(value, most));
}
