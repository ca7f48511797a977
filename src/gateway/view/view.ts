/**
 * What one viewer sees of a desktop: the whole framebuffer, or one screen as if it were all. Between the framer of what the
 * desktop sends and what reads along, it moves rectangles; on the way back, requests and the pointer. Pure.
 */
import { type Area, isInside, isSame } from '#gateway/rfb/area.ts';
import { ENCODING } from '#gateway/rfb/encodings.ts';
import type { Rectangle, RectangleData, ServerPieces } from '#gateway/rfb/server-pieces.ts';
import type { ScreenLayout } from '#protocol/screens.ts';
import { isSameLayout, oneScreen, screensOf } from './layout.ts';
import { moved } from './moved.ts';
import { movedMessage } from './viewer-message.ts';

/** In ExtendedDesktopSize's x: it answers this viewer's SetDesktopSize. Its y is 0 if that has worked. */
const OWN_REQUEST = 1;
/** Until the desktop has told its screens, nothing else of it is requested. */
const UNKNOWN: Area = { x: 0, y: 0, width: 1, height: 1 };

export interface ViewListeners {
  /** The desktop has told its screens, and they aren't the ones of before. */
  readonly onScreens: (screens: ScreenLayout) => void;
  /** It refused a layout, with an error code of RFB. */
  readonly onRefused: (code: number) => void;
  /** Another part of the framebuffer is shown from now on: the viewer has none of its pixels yet. */
  readonly onArea: () => void;
}

export class View implements ServerPieces {
  readonly #next: ServerPieces;
  readonly #listeners: ViewListeners;
  #framebuffer: Area;
  #screens: ScreenLayout | null = null;
  #area: Area;
  /** What is shown, and what is to be shown when the desktop tells its screens again. Null for everything. */
  #screen: number | null = null;
  #wanted: number | null = null;
  #hasBegun = false;
  /** A rectangle that depends on its data. */
  #held: Rectangle | null = null;
  #heldBytes: Buffer[] = [];
  /** Bytes of the desktop since this was last set to 0. */
  seen = 0;

  constructor(serverInit: Buffer, next: ServerPieces, listeners: ViewListeners) {
    this.#next = next;
    this.#listeners = listeners;
    this.#framebuffer = { x: 0, y: 0, width: serverInit.readUInt16BE(0), height: serverInit.readUInt16BE(2) };
    this.#area = this.#framebuffer;
  }

  /** All of what the viewer sees, in its own coordinates. */
  get whole(): Area {
    return { ...this.#area, x: 0, y: 0 };
  }

  /** The viewer sees only a part of the framebuffer. */
  get isCropped(): boolean {
    return this.#screen !== null && !isInside(this.#framebuffer, this.#area);
  }

  /** The screen that is to be shown; null for everything. */
  get screen(): number | null {
    return this.#wanted;
  }

  /** The desktop hasn't got the screen that is to be shown, as far as is known. */
  get isMissing(): boolean {
    return this.#wanted !== null && this.#screens?.some(({ id }) => id === this.#wanted) !== true;
  }

  /** Takes effect when the desktop tells its screens again, which every full request makes it do. */
  setScreen(screen: number | null): void {
    this.#wanted = screen;
    if (this.#hasBegun) return;
    this.#screen = screen;
    this.#area = screen === null ? this.#framebuffer : UNKNOWN;
  }

  /** A message of the viewer, for the desktop. */
  toDesktop(message: Buffer): Buffer {
    return this.#screen === null ? message : movedMessage(message, this.#area, this.isCropped);
  }

  message(type: number, bytes: Buffer): void {
    this.seen += bytes.length;
    this.#next.message(type, bytes);
  }

  update(bytes: Buffer): void {
    this.seen += bytes.length;
    this.#hasBegun = true;
    this.#next.update(bytes);
  }

  rectangle(rectangle: Rectangle, bytes: Buffer): void {
    this.seen += bytes.length;
    const { encoding } = rectangle;
    const isHeld = encoding === ENCODING.extendedDesktopSize || (encoding === ENCODING.copyRect && this.isCropped);
    if (isHeld) this.#held = rectangle;
    else this.#pass(this.#moved(rectangle), rectangle, bytes);
  }

  data(bytes: Buffer): void {
    this.seen += bytes.length;
    if (this.#held === null) this.#next.data(bytes);
    else this.#heldBytes.push(bytes);
  }

  rectangleEnd(rectangle: Rectangle, data: RectangleData): void {
    if (this.#held === null) return this.#next.rectangleEnd(this.#moved(rectangle), data);
    const bytes = Buffer.concat(this.#heldBytes);
    this.#held = null;
    this.#heldBytes = [];
    if (data.copiedFrom === null) this.#resized(rectangle, bytes);
    else this.#copied(rectangle, data, data.copiedFrom);
  }

  updateEnd(): void {
    this.#next.updateEnd();
  }

  #moved(rectangle: Rectangle): Rectangle {
    if (this.#screen === null) return rectangle;
    if (rectangle.encoding === ENCODING.desktopSize) return { ...rectangle, ...this.whole };
    return moved(rectangle, this.#area);
  }

  #pass(rectangle: Rectangle, before: Rectangle, bytes: Buffer): void {
    this.#next.rectangle(rectangle, rectangle === before ? bytes : headOf(rectangle));
  }

  #resized(rectangle: Rectangle, bytes: Buffer): void {
    const isRefused = rectangle.x === OWN_REQUEST && rectangle.y !== 0;
    const before = { area: this.#area, screen: this.#screen, isCropped: this.isCropped };
    const screens = screensOf(bytes);
    const isNews = !isSameLayout(screens, this.#screens ?? []);
    this.#screens = screens;
    this.#framebuffer = { x: 0, y: 0, width: rectangle.width, height: rectangle.height };
    if (!this.isMissing) this.#screen = this.#wanted;
    this.#area = this.#areaOf(screens);
    const { width, height } = this.#area;
    const shown = this.#screen === null ? rectangle : { ...rectangle, width, height };
    const data = this.#screen === null ? bytes : oneScreen(this.#screen, width, height);
    this.#next.rectangle(shown, headOf(shown));
    this.#next.data(data);
    this.#next.rectangleEnd(shown, { bytes: data.length, isJpeg: false, copiedFrom: null });
    if (isNews) this.#listeners.onScreens(screens);
    if (isRefused) this.#listeners.onRefused(rectangle.y);
    // To a viewer of everything, the desktop sends a new size with all its pixels.
    if (before.screen === null && this.#screen === null) return;
    if (!isSame(before.area, this.#area) || before.isCropped !== this.isCropped) this.#listeners.onArea();
  }

  /** Of a screen that is missing, the part remains that the framebuffer still has: it may come back in a moment. */
  #areaOf(screens: ScreenLayout): Area {
    if (this.#screen === null) return this.#framebuffer;
    const { width, height } = this.#framebuffer;
    const found = screens.find(({ id }) => id === this.#screen) ?? this.#area;
    const [x, y] = [Math.min(found.x, width - 1), Math.min(found.y, height - 1)];
    return { x, y, width: Math.min(found.width, width - x), height: Math.min(found.height, height - y) };
  }

  /** One that the desktop has sent before it was told to send no more of them. */
  #copied(rectangle: Rectangle, data: RectangleData, from: { readonly x: number; readonly y: number }): void {
    const source = { ...rectangle, ...from };
    const isVisible = isInside(rectangle, this.#area) && isInside(source, this.#area);
    const shown = isVisible ? moved(rectangle, this.#area) : { ...rectangle, x: 0, y: this.#area.height };
    const copiedFrom = isVisible ? { x: from.x - this.#area.x, y: from.y - this.#area.y } : { x: 0, y: 0 };
    const bytes = Buffer.alloc(4);
    bytes.writeUInt16BE(copiedFrom.x, 0);
    bytes.writeUInt16BE(copiedFrom.y, 2);
    this.#next.rectangle(shown, headOf(shown));
    this.#next.data(bytes);
    this.#next.rectangleEnd(shown, { ...data, copiedFrom });
  }
}

function headOf({ x, y, width, height, encoding }: Rectangle): Buffer {
  const head = Buffer.alloc(12);
  for (const [index, value] of [x, y, width, height].entries()) head.writeUInt16BE(value, 2 * index);
  head.writeInt32BE(encoding, 8);
  return head;
}
