/**
 * Splits what a desktop sends into messages, rectangles and their data, however it is cut into chunks. It decodes nothing,
 * holds back at most an incomplete head, and copies nothing else. It knows what Xvnc sends to the encodings that a viewer of
 * ours can list.
 */
import { ENCODING } from './encodings.ts';
import { RfbError } from './error.ts';
import { type Extent, MAX_HEAD_BYTES } from './extent.ts';
import { messageExtent, rectangleExtent, UPDATE } from './lengths.ts';
import { type PixelFormat, pixelFormatOf } from './pixel-format.ts';
import type { Rectangle, ServerPieces } from './server-pieces.ts';

const RECTANGLE_HEAD_BYTES = 12;
/** The number of rectangles of an update that LastRect ends. */
const UNTIL_LAST_RECT = 0xffff;
const NONE = Buffer.alloc(0);

/** Gets every chunk after ServerInit in order. */
export class ServerFramer {
  readonly #pieces: ServerPieces;
  #format: PixelFormat;
  #width: number;
  #height: number;
  /** What the next bytes are, when no data is left. */
  #next: 'message' | 'rectangle' | 'extent' = 'message';
  /** Rectangles that follow in this update, with the current one. */
  #rectangles = 0;
  #rectangle: Rectangle | null = null;
  #extent: Extent = { head: 0, rest: 0 };
  /** Bytes of data that follow. */
  #rest = 0;
  /** An incomplete head. */
  readonly #head = Buffer.alloc(MAX_HEAD_BYTES);
  #filled = 0;

  /** Throws `RfbError` if ServerInit has an impossible pixel format. */
  constructor(serverInit: Buffer, pieces: ServerPieces) {
    this.#pieces = pieces;
    this.#width = serverInit.readUInt16BE(0);
    this.#height = serverInit.readUInt16BE(2);
    this.#format = pixelFormatOf(serverInit);
  }

  /** Call it with each SetPixelFormat of the viewer, which must not have requested pixels that it hasn't got yet. */
  setPixelFormat(message: Buffer): void {
    this.#format = pixelFormatOf(message);
  }

  /** Of the framebuffer, as far as the stream says. */
  get size(): { readonly width: number; readonly height: number } {
    return { width: this.#width, height: this.#height };
  }

  /** Whether the bytes so far end with a whole message. */
  get isBetweenMessages(): boolean {
    return this.#next === 'message' && this.#rest === 0 && this.#filled === 0;
  }

  /** Bytes of earlier chunks that haven't been passed on. */
  get held(): Buffer {
    return this.#filled === 0 ? NONE : Buffer.from(this.#head.subarray(0, this.#filled));
  }

  /** Unusable after it throws `RfbError`. */
  push(chunk: Buffer): void {
    let at = this.#filled > 0 ? this.#completeHead(chunk) : 0;
    while (at < chunk.length) {
      if (this.#rest > 0) {
        const end = Math.min(chunk.length, at + this.#rest);
        this.#data(chunk.subarray(at, end));
        at = end;
        continue;
      }
      const used = this.#step(chunk.subarray(at));
      if (used === null) {
        this.#filled = chunk.copy(this.#head, 0, at);
        return;
      }
      at += used;
    }
  }

  /** Continues a head that started in an earlier chunk; returns how much of this chunk belongs to it. */
  #completeHead(chunk: Buffer): number {
    const before = this.#filled;
    this.#filled += chunk.copy(this.#head, before, 0, this.#head.length - before);
    // Copied once more, because what receives it may keep it.
    const used = this.#step(Buffer.from(this.#head.subarray(0, this.#filled)));
    if (used === null) return chunk.length;
    this.#filled = 0;
    return used - before;
  }

  /** Reads one head from bytes that begin with it; returns its length, or null if it isn't complete. */
  #step(bytes: Buffer): number | null {
    if (this.#next === 'message') return this.#message(bytes);
    return this.#next === 'rectangle' ? this.#rectangleHead(bytes) : this.#rectangleData(bytes);
  }

  #message(bytes: Buffer): number | null {
    const extent = messageExtent(bytes);
    if (extent === null) return null;
    const head = bytes.subarray(0, extent.head);
    const type = head.readUInt8(0);
    if (type !== UPDATE) {
      this.#pieces.message(type, head);
      this.#rest = extent.rest;
      return extent.head;
    }
    this.#pieces.update(head);
    this.#rectangles = head.readUInt16BE(2);
    this.#next = 'rectangle';
    if (this.#rectangles === 0) this.#endUpdate();
    return extent.head;
  }

  #rectangleHead(bytes: Buffer): number | null {
    if (bytes.length < RECTANGLE_HEAD_BYTES) return null;
    const head = bytes.subarray(0, RECTANGLE_HEAD_BYTES);
    const rectangle = {
      x: head.readUInt16BE(0),
      y: head.readUInt16BE(2),
      width: head.readUInt16BE(4),
      height: head.readUInt16BE(6),
      encoding: head.readInt32BE(8),
    };
    this.#checkPlace(rectangle);
    this.#rectangle = rectangle;
    this.#pieces.rectangle(rectangle, head);
    this.#next = 'extent';
    // Many need no further byte.
    this.#rectangleData(NONE);
    return RECTANGLE_HEAD_BYTES;
  }

  #rectangleData(bytes: Buffer): number | null {
    const rectangle = this.#rectangle;
    if (rectangle === null) return null;
    const extent = rectangleExtent(bytes, rectangle, this.#format);
    if (extent === null) return null;
    this.#extent = extent;
    this.#rest = extent.rest;
    this.#next = 'rectangle';
    if (extent.head > 0) this.#pieces.data(bytes.subarray(0, extent.head));
    if (extent.rest === 0) this.#endRectangle();
    return extent.head;
  }

  #data(bytes: Buffer): void {
    this.#rest -= bytes.length;
    this.#pieces.data(bytes);
    if (this.#rest === 0 && this.#next !== 'message') this.#endRectangle();
  }

  #endRectangle(): void {
    const rectangle = this.#rectangle;
    if (rectangle === null) return;
    const { head, rest, isJpeg = false, copiedFrom = null } = this.#extent;
    const { width, height, encoding } = rectangle;
    if (encoding === ENCODING.desktopSize || encoding === ENCODING.extendedDesktopSize) {
      this.#width = width;
      this.#height = height;
    }
    this.#pieces.rectangleEnd(rectangle, { bytes: head + rest, isJpeg, copiedFrom });
    this.#rectangle = null;
    if (this.#rectangles !== UNTIL_LAST_RECT) this.#rectangles -= 1;
    if (this.#rectangles === 0 || encoding === ENCODING.lastRect) this.#endUpdate();
  }

  #endUpdate(): void {
    this.#next = 'message';
    this.#pieces.updateEnd();
  }

  /** Pixels are within the framebuffer. */
  #checkPlace({ x, y, width, height, encoding }: Rectangle): void {
    if (encoding < 0 || encoding > 0xffff) return;
    if (x + width <= this.#width && y + height <= this.#height) return;
    const place = `${width}x${height} at ${x}, ${y}`;
    throw new RfbError(`A rectangle of ${place} exceeds the framebuffer of ${this.#width}x${this.#height}.`);
  }
}
