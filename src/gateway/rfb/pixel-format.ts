/** How the pixels of a stream are written (RFC 6143, section 7.4). */
import { RfbError } from './error.ts';

/** Where it is in ServerInit, after width and height, and in SetPixelFormat, after type and padding. */
const PIXEL_FORMAT_AT = 4;

export interface PixelFormat {
  readonly bytesPerPixel: 1 | 2 | 4;
  /** Of a pixel in Tight: three bytes without padding, if red, green and blue have eight bits each. */
  readonly tightBytes: 1 | 2 | 3 | 4;
}

/** `message` is a ServerInit or a SetPixelFormat. Throws `RfbError`. */
export function pixelFormatOf(message: Buffer): PixelFormat {
  const bits = message.readUInt8(PIXEL_FORMAT_AT);
  if (bits === 8) return { bytesPerPixel: 1, tightBytes: 1 };
  if (bits === 16) return { bytesPerPixel: 2, tightBytes: 2 };
  if (bits !== 32) throw new RfbError(`The pixel format has ${bits} bits per pixel instead of 8, 16 or 32.`);
  const depth = message.readUInt8(PIXEL_FORMAT_AT + 1);
  const isTrueColour = message.readUInt8(PIXEL_FORMAT_AT + 3) !== 0;
  const isEightEach = [4, 6, 8].every((at) => message.readUInt16BE(PIXEL_FORMAT_AT + at) === 255);
  return { bytesPerPixel: 4, tightBytes: isTrueColour && depth === 24 && isEightEach ? 3 : 4 };
}
