/** What a desktop's stream consists of, as `ServerFramer` reports it. */

/** The head of a rectangle of an update. For a pseudo-encoding, the four numbers may mean something else. */
export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly encoding: number;
}

/** What came with a rectangle. */
export interface RectangleData {
  /** Without the head. */
  readonly bytes: number;
  readonly isJpeg: boolean;
  /** For CopyRect: where the pixels were. */
  readonly copiedFrom: { readonly x: number; readonly y: number } | null;
}

/**
 * Every byte of the stream is passed on exactly once and in order, as `bytes` of one call. It may share memory with the
 * chunk that it came in.
 */
export interface ServerPieces {
  /** A message that isn't an update, or its first bytes: then `data` gets the rest. */
  message(type: number, bytes: Buffer): void;
  /** The first four bytes of an update. */
  update(bytes: Buffer): void;
  rectangle(rectangle: Rectangle, bytes: Buffer): void;
  /** Of the message or rectangle before. */
  data(bytes: Buffer): void;
  rectangleEnd(rectangle: Rectangle, data: RectangleData): void;
  updateEnd(): void;
}
