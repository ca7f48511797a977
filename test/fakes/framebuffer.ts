/** The pixels of a desktop with several screens, and of a viewer that decodes raw rectangles and CopyRect. */
import type { Area } from '#gateway/rfb/area.ts';
import { ENCODING } from '#gateway/rfb/encodings.ts';
import type { Rectangle, RectangleData, ServerPieces } from '#gateway/rfb/server-pieces.ts';
import type { ScreenLayout } from '#protocol/screens.ts';
import { rectangleHead, u16, u32 } from '../fixtures/rfb-stream.ts';

/** One number for each pixel. */
export class Framebuffer {
  width: number;
  height: number;
  #pixels: Uint32Array;

  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
    this.#pixels = new Uint32Array(width * height);
  }

  /** What it keeps stays where it is. */
  resize(width: number, height: number): void {
    const kept = this.part({ x: 0, y: 0, width, height });
    this.width = width;
    this.height = height;
    this.#pixels = Uint32Array.from(kept);
  }

  draw(area: Area, value: (x: number, y: number) => number): void {
    for (let y = area.y; y < Math.min(this.height, area.y + area.height); y += 1) {
      for (let x = area.x; x < Math.min(this.width, area.x + area.width); x += 1)
        this.#pixels[y * this.width + x] = value(x - area.x, y - area.y);
    }
  }

  /** Outside, pixels are 0. */
  part({ x, y, width, height }: Area): number[] {
    return Array.from({ length: width * height }, (_, at) => {
      const [column, row] = [x + (at % width), y + Math.floor(at / width)];
      return column < this.width && row < this.height ? (this.#pixels[row * this.width + column] ?? 0) : 0;
    });
  }
}

export function rawUpdate(framebuffer: Framebuffer, area: Area): Buffer {
  const pixels = framebuffer.part(area).flatMap((pixel) => u32(pixel));
  const head = rectangleHead(area.x, area.y, area.width, area.height, ENCODING.raw);
  return Buffer.concat([Buffer.from([0, 0, 0, 1]), head, Buffer.from(pixels)]);
}

export function copyUpdate(area: Area, from: { readonly x: number; readonly y: number }): Buffer {
  const head = rectangleHead(area.x, area.y, area.width, area.height, ENCODING.copyRect);
  return Buffer.concat([Buffer.from([0, 0, 0, 1]), head, Buffer.from([...u16(from.x), ...u16(from.y)])]);
}

export function sizeUpdate({ width, height }: Framebuffer, screens: ScreenLayout, reason = 0, result = 0): Buffer {
  const list = screens.flatMap((one) => [
    ...u32(one.id),
    ...[one.x, one.y, one.width, one.height].flatMap((value) => u16(value)),
    ...u32(0),
  ]);
  const head = rectangleHead(reason, result, width, height, ENCODING.extendedDesktopSize);
  return Buffer.concat([Buffer.from([0, 0, 0, 1]), head, Buffer.from([screens.length, 0, 0, 0, ...list])]);
}

/** Decodes like noVNC, which draws outside of its canvas without harm. */
export class Decoder implements ServerPieces {
  readonly shown: Framebuffer;
  screens = 0;
  #data: Buffer[] = [];

  constructor(width: number, height: number) {
    this.shown = new Framebuffer(width, height);
  }

  message(): void {}
  update(): void {}
  updateEnd(): void {}

  rectangle(): void {
    this.#data = [];
  }

  data(bytes: Buffer): void {
    this.#data.push(bytes);
  }

  rectangleEnd(area: Rectangle, { copiedFrom }: RectangleData): void {
    const data = Buffer.concat(this.#data);
    if (area.encoding === ENCODING.extendedDesktopSize) {
      this.screens = data.readUInt8(0);
      this.shown.resize(area.width, area.height);
    } else if (copiedFrom !== null) {
      const source = this.shown.part({ ...area, ...copiedFrom });
      this.shown.draw(area, (x, y) => source[y * area.width + x] ?? 0);
    } else if (area.encoding === ENCODING.raw)
      this.shown.draw(area, (x, y) => data.readUInt32BE(4 * (y * area.width + x)));
  }
}
