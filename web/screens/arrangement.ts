/** Where the screens of several browser windows are in the framebuffer of the desktop. Pure. */
import { MAX_SIDE } from '#protocol/screen.ts';
import type { ScreenLayout } from '#protocol/screens.ts';

export interface Placed {
  readonly id: number;
  readonly width: number;
  readonly height: number;
  /** Of the browser window on the user's monitors. */
  readonly left: number;
  readonly top: number;
}

/** Side by side in the order of the windows from left to right; a new row starts where the framebuffer would end. */
export function arrange(windows: readonly Placed[]): ScreenLayout {
  let [x, y, rowHeight] = [0, 0, 0];
  const inOrder = windows.toSorted((a, b) => a.left - b.left || a.top - b.top || a.id - b.id);
  return inOrder.map(({ id, width, height }) => {
    if (x + width > MAX_SIDE) [x, y, rowHeight] = [0, y + rowHeight, 0];
    const screen = { id, x, y, width, height };
    x += width;
    rowHeight = Math.max(rowHeight, height);
    return screen;
  });
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
