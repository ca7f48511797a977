/** How many of the desktop's pixels a window has, and how large programs draw in them. Pure. */
import { MAX_PIXELS, MAX_SIDE } from '#protocol/screen.ts';
import { LEAST_SCALE, MOST_SCALE, type Scale, type ScaleChoice } from '#protocol/scale.ts';

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Fit extends Size {
  /** Pixels of the desktop for each CSS pixel: those of the screen, unless the desktop would be too large. */
  readonly density: number;
  readonly isReduced: boolean;
}

/** The smallest desktop that can be requested. */
const LEAST_SIDE = 64;
/** With browser zoom, sides in CSS pixels are fractions that miss a whole device pixel by a rounding error. */
const ROUNDING = 0.02;

/** One pixel of the desktop for each device pixel of `box`, which is in CSS pixels. */
export function fit(box: Size, devicePixels: number): Fit {
  const most = Math.min(
    MAX_SIDE / Math.max(box.width, box.height, 1),
    Math.sqrt(MAX_PIXELS / (box.width * box.height)),
  );
  const density = Math.min(devicePixels, most);
  const side = (css: number): number => Math.max(LEAST_SIDE, Math.min(MAX_SIDE, Math.floor(css * density + ROUNDING)));
  const fitted = { width: side(box.width), height: side(box.height) };
  return { ...fitted, density, isReduced: density < devicePixels };
}

/** Programs draw as large as the page, unless the user chose something else. */
export function scaleFor(choice: ScaleChoice, { density }: Pick<Fit, 'density'>): Scale {
  if (choice !== 'auto') return choice;
  return Math.min(MOST_SCALE, Math.max(LEAST_SCALE, Math.round(density * 100)));
}

const SET_DESKTOP_SIZE = 251;

/** The RFB message SetDesktopSize with one screen. Its number doesn't matter: Xvnc gives a new one the output in use. */
export function setDesktopSize({ width, height }: Size): Uint8Array<ArrayBuffer> {
  const message = new DataView(new ArrayBuffer(24));
  message.setUint8(0, SET_DESKTOP_SIZE);
  message.setUint16(2, width);
  message.setUint16(4, height);
  message.setUint8(6, 1);
  message.setUint16(16, width);
  message.setUint16(18, height);
  return new Uint8Array(message.buffer);
}
