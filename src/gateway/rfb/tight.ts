/** The head of a Tight rectangle (community specification of RFB, section 7.7.6): control byte, filter, palette, length. */
import { RfbError } from './error.ts';
import type { Extent } from './extent.ts';
import type { PixelFormat } from './pixel-format.ts';
import type { Rectangle } from './server-pieces.ts';

const FILL = 8;
const JPEG = 9;
const HAS_FILTER = 4;
const FILTER = { copy: 0, palette: 1, gradient: 2 } as const;
/** Fewer bytes of pixels are sent without compression and without a length. */
const LEAST_COMPRESSED = 12;
const MAX_WIDTH = 2048;

/** Null while bytes are missing. Throws `RfbError`. */
export function tightExtent(bytes: Buffer, rectangle: Rectangle, format: PixelFormat): Extent | null {
  if (rectangle.width > MAX_WIDTH) throw new RfbError(`A Tight rectangle is ${rectangle.width} pixels wide.`);
  if (bytes.length < 1) return null;
  // The low bits only reset streams of zlib.
  const kind = bytes.readUInt8(0) >> 4;
  if (kind === FILL) return bytes.length < 1 + format.tightBytes ? null : { head: 1 + format.tightBytes, rest: 0 };
  if (kind === JPEG) return compressed(bytes, 1, true);
  if (kind > JPEG) throw new RfbError(`A Tight rectangle has the unknown type ${kind}.`);
  return basic(bytes, kind, rectangle, format);
}

function basic(bytes: Buffer, kind: number, { width, height }: Rectangle, format: PixelFormat): Extent | null {
  let at = 1;
  let size = width * height * format.tightBytes;
  if (kind & HAS_FILTER) {
    if (bytes.length < 2) return null;
    const filter = bytes.readUInt8(1);
    at = 2;
    if (filter === FILTER.palette) {
      if (bytes.length < 3) return null;
      const colours = bytes.readUInt8(2) + 1;
      at = 3 + colours * format.tightBytes;
      size = colours <= 2 ? ((width + 7) >> 3) * height : width * height;
    } else if (filter > FILTER.gradient) {
      throw new RfbError(`A Tight rectangle has the unknown filter ${filter}.`);
    }
  }
  if (size >= LEAST_COMPRESSED) return compressed(bytes, at, false);
  return bytes.length < at ? null : { head: at, rest: size };
}

/** One to three bytes: seven bits each, the lowest first, the third with eight. */
function compressed(bytes: Buffer, at: number, isJpeg: boolean): Extent | null {
  const [first, second, third] = [bytes[at], bytes[at + 1], bytes[at + 2]];
  if (first === undefined) return null;
  if (first < 0x80) return { head: at + 1, rest: first, isJpeg };
  if (second === undefined) return null;
  const low = (first & 0x7f) | ((second & 0x7f) << 7);
  if (second < 0x80) return { head: at + 2, rest: low, isJpeg };
  return third === undefined ? null : { head: at + 3, rest: low | (third << 14), isJpeg };
}
