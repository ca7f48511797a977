/** How long a message, or the data of a rectangle, is. */
import type { RectangleData } from './server-pieces.ts';

export interface Extent {
  /** The bytes that had to be read to know the rest, at most `MAX_HEAD_BYTES`. */
  readonly head: number;
  /** The bytes after them. */
  readonly rest: number;
  readonly isJpeg?: boolean;
  readonly copiedFrom?: RectangleData['copiedFrom'];
}

/** Tight's palette is the longest: two bytes, its size, 256 colours of four bytes, and a length of three. */
export const MAX_HEAD_BYTES = 3 + 256 * 4 + 3;
