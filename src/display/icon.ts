/** A window's own icon: the best of the sizes it offers, scaled to at most 48 by 48, as a PNG. */
import type { Atoms } from './atoms.ts';
import type { WindowConnection } from './connection.ts';
import { encodePng } from './png.ts';

const EDGE = 48;
/** Larger icons are ignored: 256 kB of pixels. */
const MAX_EDGE = 256;
const MAX_SIZES = 16;

interface Size {
  readonly width: number;
  readonly height: number;
  readonly offsetWords: number;
}

/** Null if the window has no usable icon. Reads the sizes first: the property can contain megabytes. */
export async function readIcon(x: WindowConnection, atoms: Atoms, window: number): Promise<Buffer | null> {
  const property = atoms.number('_NET_WM_ICON');
  const sizes: Size[] = [];
  for (let offset = 0; sizes.length < MAX_SIZES;) {
    const [width, height] = await x.words(window, property, 2, offset);
    if (!width || !height || width > 4096 || height > 4096) break;
    if (width <= MAX_EDGE && height <= MAX_EDGE) sizes.push({ width, height, offsetWords: offset + 2 });
    offset += 2 + width * height;
  }
  const best = bestSize(sizes);
  if (best === null) return null;
  const count = best.width * best.height;
  const reply = await x.property(window, property, count * 4, best.offsetWords * 4);
  // If the window has changed it meanwhile, a notification follows.
  if (reply === null || reply.format !== 32 || reply.data.length < count * 4) return null;
  return iconPng(best.width, best.height, reply.data);
}

/** The smallest that doesn't need enlarging, otherwise the largest. */
export function bestSize<T extends { readonly width: number; readonly height: number }>(sizes: readonly T[]): T | null {
  const byEdge = [...sizes].sort((a, b) => edge(a) - edge(b));
  return byEdge.find((size) => edge(size) >= EDGE) ?? byEdge.at(-1) ?? null;
}

/** `argb`: 32-bit little-endian words `0xAARRGGBB`, not premultiplied, rows from the top. */
export function iconPng(width: number, height: number, argb: Buffer): Buffer {
  const scale = Math.max(1, Math.max(width, height) / EDGE);
  const [w, h] = [Math.max(1, Math.round(width / scale)), Math.max(1, Math.round(height / scale))];
  const rgba = new Uint8Array(w * h * 4);
  for (let y = 0; y < h; y++) {
    for (let x = 0; x < w; x++) {
      const box = {
        x0: span(x, width / w),
        x1: end(x, width / w, width),
        y0: span(y, height / h),
        y1: end(y, height / h, height),
      };
      rgba.set(average(argb, width, box), (y * w + x) * 4);
    }
  }
  return encodePng(w, h, rgba);
}

interface Box {
  readonly x0: number;
  readonly x1: number;
  readonly y0: number;
  readonly y1: number;
}

/** Mean colour of a box, weighted by opacity so that transparent pixels do not darken edges. */
function average(argb: Buffer, width: number, box: Box): readonly [number, number, number, number] {
  let [red, green, blue, alpha] = [0, 0, 0, 0];
  for (let y = box.y0; y < box.y1; y++) {
    for (let x = box.x0; x < box.x1; x++) {
      const at = (y * width + x) * 4;
      const a = argb[at + 3] ?? 0;
      blue += (argb[at] ?? 0) * a;
      green += (argb[at + 1] ?? 0) * a;
      red += (argb[at + 2] ?? 0) * a;
      alpha += a;
    }
  }
  const pixels = (box.x1 - box.x0) * (box.y1 - box.y0);
  if (alpha === 0) return [0, 0, 0, 0];
  return [Math.round(red / alpha), Math.round(green / alpha), Math.round(blue / alpha), Math.round(alpha / pixels)];
}

function span(index: number, step: number): number {
  return Math.floor(index * step);
}

function end(index: number, step: number, limit: number): number {
  return Math.min(limit, Math.max(Math.floor((index + 1) * step), Math.floor(index * step) + 1));
}

function edge(size: { readonly width: number; readonly height: number }): number {
  return Math.max(size.width, size.height);
}
