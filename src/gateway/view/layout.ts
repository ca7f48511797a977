/** The screens of a desktop as RFB writes them (community specification, ExtendedDesktopSize and SetDesktopSize). Pure. */
import { isSame } from '#gateway/rfb/area.ts';
import { MAX_PIXELS, MAX_SIDE } from '#protocol/screen.ts';
import type { ScreenArea, ScreenLayout } from '#protocol/screens.ts';

const SET_DESKTOP_SIZE = 251;
const HEAD_BYTES = 8;
const SCREEN_BYTES = 16;
/** Of ExtendedDesktopSize: the number of screens, and padding. */
const COUNT_BYTES = 4;

/** `data` is all data of an ExtendedDesktopSize rectangle. */
export function screensOf(data: Buffer): ScreenArea[] {
  const count = Math.floor((data.length - COUNT_BYTES) / SCREEN_BYTES);
  return Array.from({ length: Math.max(0, count) }, (_, index) => {
    const at = COUNT_BYTES + SCREEN_BYTES * index;
    const [x = 0, y = 0, width = 0, height = 0] = [4, 6, 8, 10].map((offset) => data.readUInt16BE(at + offset));
    return { id: data.readUInt32BE(at), x, y, width, height };
  });
}

/** The data of an ExtendedDesktopSize rectangle with one screen. */
export function oneScreen(id: number, width: number, height: number): Buffer {
  const data = Buffer.alloc(COUNT_BYTES + SCREEN_BYTES);
  data.writeUInt8(1, 0);
  writeScreen(data, COUNT_BYTES, { id, x: 0, y: 0, width, height });
  return data;
}

/** Why a desktop can't have these screens, as a sentence; null if it can. */
export function faultOf(screens: ScreenLayout): string | null {
  const { width, height } = extentOf(screens);
  if (Math.max(width, height) > MAX_SIDE || width * height > MAX_PIXELS)
    return `Screens of ${width}x${height} pixels together are too large; at most ${MAX_SIDE} a side and ${MAX_PIXELS} in all.`;
  for (const [index, one] of screens.entries()) {
    const others = screens.slice(index + 1);
    if (others.some(({ id }) => id === one.id)) return `The screen ${one.id} is there twice.`;
    const other = others.find((candidate) => overlaps(one, candidate));
    if (other !== undefined) return `The screens ${one.id} and ${other.id} overlap.`;
  }
  return null;
}

/** Also in the same order. */
export function isSameLayout(one: ScreenLayout, other: ScreenLayout): boolean {
  return (
    one.length === other.length &&
    one.every((screen, index) => {
      const same = other[index];
      return same !== undefined && screen.id === same.id && isSame(screen, same);
    })
  );
}

export function setDesktopSize(screens: ScreenLayout): Buffer {
  const message = Buffer.alloc(HEAD_BYTES + SCREEN_BYTES * screens.length);
  const { width, height } = extentOf(screens);
  message.writeUInt8(SET_DESKTOP_SIZE, 0);
  message.writeUInt16BE(width, 2);
  message.writeUInt16BE(height, 4);
  message.writeUInt8(screens.length, 6);
  for (const [index, screen] of screens.entries()) writeScreen(message, HEAD_BYTES + SCREEN_BYTES * index, screen);
  return message;
}

function extentOf(screens: ScreenLayout): { readonly width: number; readonly height: number } {
  return {
    width: Math.max(...screens.map(({ x, width }) => x + width)),
    height: Math.max(...screens.map(({ y, height }) => y + height)),
  };
}

function overlaps(one: ScreenArea, other: ScreenArea): boolean {
  return (
    one.x < other.x + other.width &&
    other.x < one.x + one.width &&
    one.y < other.y + other.height &&
    other.y < one.y + one.height
  );
}

function writeScreen(into: Buffer, at: number, { id, x, y, width, height }: ScreenArea): void {
  into.writeUInt32BE(id, at);
  for (const [index, value] of [x, y, width, height].entries()) into.writeUInt16BE(value, at + 4 + 2 * index);
}
