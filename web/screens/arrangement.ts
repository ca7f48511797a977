/** Where the screens of several browser windows are in the framebuffer of the desktop. Pure. */
import { MAX_PIXELS, MAX_SIDE } from '#protocol/screen.ts';
import type { ScreenLayout } from '#protocol/screens.ts';

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Placed extends Size {
  readonly id: number;
  /** How large it can become: as its monitor. Room for that keeps the other screens, and windows on them, in place. */
  readonly room: Size;
}

/** Side by side in this order, the first one at the origin; a new row starts where the framebuffer would be too wide. */
export function arrange(windows: readonly Placed[]): ScreenLayout {
  const roomy = rows(windows, ({ room, width, height }) => ({
    width: Math.max(width, room.width),
    height: Math.max(height, room.height),
  }));
  return fits(roomy) ? roomy : rows(windows, (window) => window);
}

function rows(windows: readonly Placed[], roomOf: (window: Placed) => Size): ScreenLayout {
  let [x, y, rowHeight] = [0, 0, 0];
  return windows.map((window) => {
    const { id, width, height } = window;
    const room = roomOf(window);
    if (x + width > MAX_SIDE) [x, y, rowHeight] = [0, y + rowHeight, 0];
    const screen = { id, x, y, width, height };
    x += room.width;
    rowHeight = Math.max(rowHeight, room.height);
    return screen;
  });
}

function fits(screens: ScreenLayout): boolean {
  const width = Math.max(...screens.map((screen) => screen.x + screen.width));
  const height = Math.max(...screens.map((screen) => screen.y + screen.height));
  return Math.max(width, height) <= MAX_SIDE && width * height <= MAX_PIXELS;
}

export function isSameLayout(one: ScreenLayout, other: ScreenLayout): boolean {
  return (
    one.length === other.length &&
    one.every(({ id, x, y, width, height }) => {
      const same = other.find((screen) => screen.id === id);
      return same?.x === x && same.y === y && same.width === width && same.height === height;
    })
  );
}
