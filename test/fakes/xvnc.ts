/** What Xvnc does with requests, encodings and fences, on a small screen; its pixels are rectangles of one colour or JPEG. */
import { type Area, overlap } from '#gateway/rfb/area.ts';
import { ENCODING, QUALITY_0, QUALITY_9 } from '#gateway/rfb/encodings.ts';
import { encodingsOf } from '#gateway/rfb/messages.ts';
import { rectangleHead, serverInit, u16, u32 } from '../fixtures/rfb-stream.ts';

export const SIDE = 64;
const SCREEN: Area = { x: 0, y: 0, width: SIDE, height: SIDE };
const END_OF_CONTINUOUS_UPDATES = Buffer.from([150]);
const PING = Buffer.from([248, 0, 0, 0, ...u32(0x80000001), 1, 1]);
const CAPS = Buffer.from([3, 0, 0, 0, ...u32(-8), ...u32(0x1f000001), ...u32(0)]);

export class FakeXvnc {
  readonly serverInit = serverInit(SIDE, SIDE);
  encodings: readonly number[] = [];
  isContinuous = false;
  /** By pixel. */
  readonly #changed = new Uint8Array(SIDE * SIDE).fill(1);
  #changes = SIDE * SIDE;
  #requested: Area[] = [];
  #tellsSize = false;
  #sent: Buffer[] = [];

  get usesJpeg(): boolean {
    return this.encodings.some((encoding) => encoding >= QUALITY_0 && encoding <= QUALITY_9);
  }

  draw(area: Area): void {
    each(area, (pixel) => {
      this.#changes += 1 - (this.#changed[pixel] ?? 0);
      this.#changed[pixel] = 1;
    });
  }

  /** One or more whole messages of a viewer. */
  receive(bytes: Buffer): void {
    for (let rest = bytes; rest.length > 0;) {
      const length = rest[0] === 2 ? 4 + 4 * rest.readUInt16BE(2) : 10;
      this.#message(rest.subarray(0, length));
      rest = rest.subarray(length);
    }
  }

  #message(message: Buffer): void {
    if (message[0] === 2) {
      if (this.encodings.length === 0) this.#sent.push(END_OF_CONTINUOUS_UPDATES);
      this.encodings = encodingsOf(message);
      this.#sent.push(CAPS);
      return;
    }
    const isOn = message[1] === 1;
    if (message[0] === 150) {
      this.isContinuous = isOn;
      if (isOn) this.#requested = [];
      else this.#sent.push(END_OF_CONTINUOUS_UPDATES);
      return;
    }
    const [x, y, width, height] = [2, 4, 6, 8].map((at) => message.readUInt16BE(at));
    const area = { x: x ?? 0, y: y ?? 0, width: width ?? 0, height: height ?? 0 };
    if (!isOn || !this.isContinuous) this.#requested.push(area);
    if (isOn) return;
    this.draw(area);
    this.#tellsSize = true;
  }

  /** What it sends when it has read everything. */
  flush(): Buffer {
    if (this.#requested.length > 0 || this.isContinuous) {
      if (this.#tellsSize) this.#sendSize();
      this.#sendPixels();
    }
    const sent = Buffer.concat(this.#sent);
    this.#sent = [];
    return sent;
  }

  /** Xvnc forgets the request then. */
  #sendSize(): void {
    this.#tellsSize = false;
    this.#requested = [];
    const screen = Buffer.from([1, 0, 0, 0, ...u32(0), ...u16(0), ...u16(0), ...u16(SIDE), ...u16(SIDE), ...u32(0)]);
    this.#sent.push(Buffer.from([0, 0, 0, 1]), rectangleHead(0, 0, SIDE, SIDE, ENCODING.extendedDesktopSize), screen);
  }

  /** One update, with a rectangle for each requested area in which something has changed. */
  #sendPixels(): void {
    const areas = (this.isContinuous ? [SCREEN] : this.#requested)
      .map((area) => this.#takeChanged(overlap(area, SCREEN)))
      .filter((area) => area !== null);
    if (areas.length === 0) return;
    this.#requested = [];
    const data = Buffer.from(this.usesJpeg ? [0x90, 2, 0xff, 0xd8] : [0x80, 1, 2, 3]);
    const rectangles = areas.flatMap(({ x, y, width, height }) => [
      rectangleHead(x, y, width, height, ENCODING.tight),
      data,
    ]);
    this.#sent.push(PING, Buffer.from([0, 0, ...u16(areas.length)]), ...rectangles, PING);
  }

  /** The box of what has changed within the area; null if nothing has. */
  #takeChanged(area: Area): Area | null {
    if (this.#changes === 0) return null;
    let [left, top, right, bottom] = [SIDE, SIDE, 0, 0];
    each(area, (pixel) => {
      if (this.#changed[pixel] !== 1) return;
      this.#changed[pixel] = 0;
      this.#changes -= 1;
      const [x, y] = [pixel % SIDE, Math.floor(pixel / SIDE)];
      [left, top, right, bottom] = [
        Math.min(left, x),
        Math.min(top, y),
        Math.max(right, x + 1),
        Math.max(bottom, y + 1),
      ];
    });
    return right > left ? { x: left, y: top, width: right - left, height: bottom - top } : null;
  }
}

/** The pixels of an area of the screen, by number. */
export function each({ x, y, width, height }: Area, tell: (pixel: number) => void): void {
  for (let row = y; row < y + height; row += 1)
    for (let column = x; column < x + width; column += 1) tell(row * SIDE + column);
}
