/** Windows and pictures in an X server, for the programs that the contenders show: pictures stay in the server and are copied. */
import type { Duplex } from 'node:stream';
import { u16, u32, XClient } from '../../test/fixtures/x-client.ts';

const OPCODE = { createWindow: 1, map: 8, unmap: 10, configure: 12, focus: 42, sync: 43, pixmap: 53, gc: 55 } as const;
const DRAW = { copy: 62, fill: 70, image: 72 } as const;
const DEPTH = 24;
const Z_PIXMAP = 2;
/** Attributes of a window: what the server paints where it's uncovered, not the window manager's, and the events it gets. */
const WINDOW_ATTRIBUTES = (1 << 0) | (1 << 9) | (1 << 11);
/** The events: keys and buttons. */
const PRESSES = (1 << 0) | (1 << 2);
/** Of a graphics context: the foreground, and no event for each copy. */
const PEN_ATTRIBUTES = (1 << 2) | (1 << 16);
const MOVE = 0b11;
/** Of a request without big requests, less its head. */
const MAX_IMAGE_BYTES = 4 * 0xffff - 24;

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export class XPainter implements Disposable {
  readonly client: XClient;

  private constructor(client: XClient) {
    this.client = client;
  }

  /** Owns the stream. */
  static async connect(stream: Duplex, cookie: string): Promise<XPainter> {
    return new XPainter(await XClient.connect(stream, cookie));
  }

  /** Not shown yet; then above all others. The server paints it with the pixmap, whose size is the window's. */
  window({ x, y, width, height }: Box, pixmap: number): number {
    const id = this.client.newId();
    const place = [u16(x), u16(y), u16(width), u16(height), u16(0), u16(0), u32(0)];
    const attributes = [u32(WINDOW_ATTRIBUTES), u32(pixmap), u32(1), u32(PRESSES)];
    this.client.request(OPCODE.createWindow, 0, [u32(id), u32(this.client.root), ...place, ...attributes]);
    return id;
  }

  show(window: number): void {
    this.client.request(OPCODE.map, 0, [u32(window)]);
  }

  hide(window: number): void {
    this.client.request(OPCODE.unmap, 0, [u32(window)]);
  }

  move(window: number, x: number, y: number): void {
    this.client.request(OPCODE.configure, 0, [u32(window), u16(MOVE), u16(0), u32(x), u32(y)]);
  }

  /** Keys go to the window from now on. */
  focus(window: number): void {
    this.client.request(OPCODE.focus, 0, [u32(window), u32(0)]);
  }

  pixmap(width: number, height: number): number {
    const id = this.client.newId();
    this.client.request(OPCODE.pixmap, DEPTH, [u32(id), u32(this.client.root), u16(width), u16(height)]);
    return id;
  }

  /** What drawing needs; `colour` is what `fill` fills with. */
  pen(colour = 0): number {
    const id = this.client.newId();
    this.client.request(OPCODE.gc, 0, [u32(id), u32(this.client.root), u32(PEN_ATTRIBUTES), u32(colour), u32(0)]);
    return id;
  }

  copy(from: number, to: number, pen: number, { x, y, width, height }: Box, toX: number, toY: number): void {
    const places = [u16(x), u16(y), u16(toX), u16(toY), u16(width), u16(height)];
    this.client.request(DRAW.copy, 0, [u32(from), u32(to), u32(pen), ...places]);
  }

  fill(target: number, pen: number, { x, y, width, height }: Box): void {
    this.client.request(DRAW.fill, 0, [u32(target), u32(pen), u16(x), u16(y), u16(width), u16(height)]);
  }

  /** `pixels` has four bytes for each: blue, green, red, unused. */
  paint(target: number, pen: number, x: number, y: number, width: number, pixels: Buffer): void {
    const rows = Math.floor(MAX_IMAGE_BYTES / (width * 4));
    for (let row = 0; row * width * 4 < pixels.length; row += rows) {
      const strip = pixels.subarray(row * width * 4, (row + rows) * width * 4);
      const place = [u16(width), u16(strip.length / width / 4), u16(x), u16(y + row), Buffer.from([0, DEPTH, 0, 0])];
      this.client.request(DRAW.image, Z_PIXMAP, [u32(target), u32(pen), ...place, strip]);
    }
  }

  /** Resolves when the X server has done everything so far. */
  async drawn(): Promise<void> {
    this.client.request(OPCODE.sync, 0, []);
    await this.client.reply();
  }

  [Symbol.dispose](): void {
    this.client[Symbol.dispose]();
  }
}
