/** Reads along what a desktop sends to one viewer: what was painted and how, and where fences are. */
import { ENCODING } from '#gateway/rfb/encodings.ts';
import type { Rectangle, RectangleData, ServerPieces } from '#gateway/rfb/server-pieces.ts';
import { Content } from './content.ts';
import { LinkSpeed } from './link-speed.ts';
import { LossyTiles } from './lossy-tiles.ts';
import { Outgoing } from './outgoing.ts';

const MESSAGE = { cutText: 3, endOfContinuousUpdates: 150, fence: 248 } as const;
/** In the first of four bytes of flags: a fence that wants to be returned. */
const REQUEST = 0x80;
/** In the first of four bytes of flags: what the desktop's clipboard can do. */
const CAPS = 1;
/** An area that had JPEG is asked for again when nothing was painted there for this long. */
const REST_MS = 300;

export interface WatchListeners {
  /** Pixels of the desktop, not copied from elsewhere on the screen. */
  readonly painted: (area: Rectangle) => void;
  /** Without pixels, it only told a size, a name or a pointer. */
  readonly updated: (hasPixels: boolean) => void;
}

export class Watch implements ServerPieces {
  readonly out = new Outgoing();
  readonly content = new Content();
  readonly link = new LinkSpeed();
  readonly tiles: LossyTiles;
  /** Of chunk that is being read, in ms. */
  now = 0;
  /** How many replies to the gateway's own requests are to be kept from the viewer. */
  endsToLeaveOut = 0;
  /** Pixels have passed. */
  hasPainted = false;
  /** What was asked for again is about to come: it says nothing about the content. */
  expectsRepeat = false;
  readonly #listeners: WatchListeners;
  #leavesOut = false;
  #hadCaps = false;
  #hasPixels = false;

  constructor(width: number, height: number, listeners: WatchListeners) {
    this.tiles = new LossyTiles(width, height, REST_MS);
    this.#listeners = listeners;
  }

  message(type: number, bytes: Buffer): void {
    this.#leavesOut = this.#isForUs(type, bytes);
    this.data(bytes);
    if (type === MESSAGE.fence && bytes.readUInt8(4) & REQUEST) this.link.fenceSent();
  }

  update(bytes: Buffer): void {
    this.#leavesOut = false;
    this.#hasPixels = false;
    this.data(bytes);
  }

  rectangle(_: Rectangle, bytes: Buffer): void {
    this.data(bytes);
  }

  data(bytes: Buffer): void {
    if (this.#leavesOut) return;
    this.link.sent(bytes.length);
    this.out.pass(bytes);
  }

  rectangleEnd(rectangle: Rectangle, { bytes, isJpeg, copiedFrom }: RectangleData): void {
    const { width, height, encoding } = rectangle;
    if (encoding === ENCODING.desktopSize || encoding === ENCODING.extendedDesktopSize)
      this.tiles.resize(width, height);
    if (copiedFrom !== null) this.tiles.copy(rectangle, copiedFrom, this.now);
    else if (encoding === ENCODING.raw || encoding === ENCODING.tight || encoding === ENCODING.zrle) {
      this.tiles.paint(rectangle, isJpeg, this.now);
      this.#listeners.painted(rectangle);
      this.#hasPixels = true;
      this.hasPainted = true;
      if (!this.expectsRepeat) this.content.painted(width * height, bytes, isJpeg, this.now);
    }
  }

  updateEnd(): void {
    this.tiles.updateEnd();
    if (this.#hasPixels) this.expectsRepeat = false;
    this.#listeners.updated(this.#hasPixels);
  }

  /** Replies to messages that the viewer hasn't sent. */
  #isForUs(type: number, bytes: Buffer): boolean {
    if (type === MESSAGE.endOfContinuousUpdates && this.endsToLeaveOut > 0) {
      this.endsToLeaveOut -= 1;
      return true;
    }
    // Xvnc tells it after every SetEncodings, and it never changes.
    if (type !== MESSAGE.cutText || bytes.length < 12 || !(bytes.readUInt8(8) & CAPS)) return false;
    const again = this.#hadCaps;
    this.#hadCaps = true;
    return again;
  }
}
