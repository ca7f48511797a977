/** How long messages of a desktop and the data of rectangles are, from their first bytes. Pure. */
import { ENCODING } from './encodings.ts';
import { RfbError } from './error.ts';
import type { Extent } from './extent.ts';
import type { PixelFormat } from './pixel-format.ts';
import type { Rectangle } from './server-pieces.ts';
import { tightExtent } from './tight.ts';

export const UPDATE = 0;
/** Texts of programs in the desktop: far more than Xvnc reads from them. */
const MAX_CUT_TEXT_BYTES = 64 * 1024 * 1024;
const MAX_FENCE_BYTES = 64;
const MAX_NAME_BYTES = 64 * 1024;
/** Longest side of a mouse pointer. */
const MAX_CURSOR_SIDE = 2048;
/** ZRLE could need a little more than raw pixels: a byte for each tile. */
const MAX_ZRLE_OVERHEAD = 1.1;

/** Null while bytes are missing; never null again once the head is there. Throws `RfbError`. */
export function messageExtent(bytes: Buffer): Extent | null {
  const type = bytes.readUInt8(0);
  if (type === UPDATE) return fixed(bytes, 4);
  if (type === 1) return bytes.length < 6 ? null : { head: 6, rest: 6 * bytes.readUInt16BE(4) };
  if (type === 2 || type === 150) return { head: 1, rest: 0 };
  if (type === 3) return cutText(bytes);
  if (type === 248) return fence(bytes);
  throw new RfbError(`The desktop sent a message of the unknown type ${type}.`);
}

/** `bytes` follow the rectangle's head. Null while bytes are missing. Throws `RfbError`. */
export function rectangleExtent(bytes: Buffer, rectangle: Rectangle, format: PixelFormat): Extent | null {
  const { width, height, encoding } = rectangle;
  const pixels = width * height;
  switch (encoding) {
    case ENCODING.raw:
      return { head: 0, rest: pixels * format.bytesPerPixel };
    case ENCODING.copyRect:
      if (bytes.length < 4) return null;
      return { head: 4, rest: 0, copiedFrom: { x: bytes.readUInt16BE(0), y: bytes.readUInt16BE(2) } };
    case ENCODING.tight:
      return tightExtent(bytes, rectangle, format);
    case ENCODING.zrle:
      return counted(bytes, 'a ZRLE rectangle', Math.ceil(pixels * 4 * MAX_ZRLE_OVERHEAD) + 1024);
    case ENCODING.desktopName:
      return counted(bytes, 'a name', MAX_NAME_BYTES);
    case ENCODING.extendedDesktopSize:
      return bytes.length < 4 ? null : { head: 4, rest: 16 * bytes.readUInt8(0) };
    case ENCODING.qemuLedState:
      return fixed(bytes, 1);
    case ENCODING.vmwareLedState:
      return fixed(bytes, 4);
    case ENCODING.desktopSize:
    case ENCODING.lastRect:
    case ENCODING.qemuExtendedKey:
    case ENCODING.extendedMouseButtons:
    case ENCODING.vmwareCursorPosition:
      return { head: 0, rest: 0 };
    default:
      return cursorExtent(bytes, rectangle, format);
  }
}

function cursorExtent(bytes: Buffer, { width, height, encoding }: Rectangle, format: PixelFormat): Extent | null {
  if (Math.max(width, height) > MAX_CURSOR_SIDE) throw new RfbError(`The mouse pointer has ${width}x${height} pixels.`);
  const pixels = width * height;
  const mask = ((width + 7) >> 3) * height;
  switch (encoding) {
    case ENCODING.cursor:
      return { head: 0, rest: pixels * format.bytesPerPixel + mask };
    case ENCODING.xCursor:
      return { head: 0, rest: pixels === 0 ? 0 : 6 + 2 * mask };
    case ENCODING.cursorWithAlpha:
      if (bytes.length < 4) return null;
      if (bytes.readInt32BE(0) !== ENCODING.raw) throw new RfbError("The mouse pointer's pixels aren't raw.");
      return { head: 4, rest: pixels * 4 };
    case ENCODING.vmwareCursor:
      // Type and padding; type 0 is two masks, type 1 has alpha.
      if (bytes.length < 2) return null;
      return { head: 2, rest: bytes.readUInt8(0) === 0 ? 2 * pixels * format.bytesPerPixel : pixels * 4 };
    default:
      throw new RfbError(`The desktop sent a rectangle of the unknown encoding ${encoding}.`);
  }
}

function fixed(bytes: Buffer, head: number): Extent | null {
  return bytes.length < head ? null : { head, rest: 0 };
}

function counted(bytes: Buffer, what: string, limit: number): Extent | null {
  if (bytes.length < 4) return null;
  const rest = bytes.readUInt32BE(0);
  if (rest > limit) throw new RfbError(`The desktop sent ${what} of ${rest} bytes.`);
  return { head: 4, rest };
}

/** A negative length marks the extended clipboard, whose flags are part of the head. */
function cutText(bytes: Buffer): Extent | null {
  if (bytes.length < 8) return null;
  const length = bytes.readInt32BE(4);
  if (Math.abs(length) > MAX_CUT_TEXT_BYTES)
    throw new RfbError(`The desktop sent a text of ${Math.abs(length)} bytes.`);
  if (length >= 0) return { head: 8, rest: length };
  if (length > -4) throw new RfbError('The desktop sent a clipboard message without flags.');
  return bytes.length < 12 ? null : { head: 12, rest: -length - 4 };
}

function fence(bytes: Buffer): Extent | null {
  if (bytes.length < 9) return null;
  const length = bytes.readUInt8(8);
  if (length > MAX_FENCE_BYTES) throw new RfbError(`The desktop sent a fence of ${length} bytes.`);
  return fixed(bytes, 9 + length);
}
