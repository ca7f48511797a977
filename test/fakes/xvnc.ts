/** What Xvnc does with requests, encodings and fences, on a small screen; its pixels are rectangles of one colour or JPEG. */
import type { Area } from '#gateway/rfb/area.ts';
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
  #changed: Area | null = SCREEN;
  #requested: Area | null = null;
  #tellsSize = false;
  #sent: Buffer[] = [];

  get usesJpeg(): boolean {
    return this.encodings.some((encoding) => encoding >= QUALITY_0 && encoding <= QUALITY_9);
  }

  draw(area: Area): void {
    this.#changed = union(this.#changed, area);
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
      if (isOn) this.#requested = null;
      else this.#sent.push(END_OF_CONTINUOUS_UPDATES);
      return;
    }
    const [x, y, width, height] = [2, 4, 6, 8].map((at) => message.readUInt16BE(at));
    const area = { x: x ?? 0, y: y ?? 0, width: width ?? 0, height: height ?? 0 };
    if (!isOn || !this.isContinuous) this.#requested = union(this.#requested, area);
    if (isOn) return;
    this.#changed = union(this.#changed, area);
    this.#tellsSize = true;
  }

  /** What it sends when it has read everything. */
  flush(): Buffer {
    if (this.#requested !== null || this.isContinuous) {
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
    this.#requested = null;
    const screen = Buffer.from([1, 0, 0, 0, ...u32(0), ...u16(0), ...u16(0), ...u16(SIDE), ...u16(SIDE), ...u32(0)]);
    this.#sent.push(Buffer.from([0, 0, 0, 1]), rectangleHead(0, 0, SIDE, SIDE, ENCODING.extendedDesktopSize), screen);
  }

  #sendPixels(): void {
    const wanted = this.isContinuous ? SCREEN : this.#requested;
    const area = wanted && this.#changed && overlap(wanted, this.#changed);
    if (!area || !this.#changed) return;
    this.#requested = null;
    // Of what was changed, a rectangle remains; it may be more than is left.
    if (pixelsOf(area) >= pixelsOf(this.#changed)) this.#changed = null;
    const data = this.usesJpeg ? [0x90, 2, 0xff, 0xd8] : [0x80, 1, 2, 3];
    const head = rectangleHead(area.x, area.y, area.width, area.height, ENCODING.tight);
    this.#sent.push(PING, Buffer.from([0, 0, 0, 1]), head, Buffer.from(data), PING);
  }
}

function union(one: Area | null, other: Area): Area {
  if (one === null) return other;
  const [x, y] = [Math.min(one.x, other.x), Math.min(one.y, other.y)];
  const right = Math.max(one.x + one.width, other.x + other.width);
  const bottom = Math.max(one.y + one.height, other.y + other.height);
  return { x, y, width: right - x, height: bottom - y };
}

function overlap(one: Area, other: Area): Area | null {
  const [x, y] = [Math.max(one.x, other.x), Math.max(one.y, other.y)];
  const width = Math.min(one.x + one.width, other.x + other.width) - x;
  const height = Math.min(one.y + one.height, other.y + other.height) - y;
  return width > 0 && height > 0 ? { x, y, width, height } : null;
}

function pixelsOf({ width, height }: Area): number {
  return width * height;
}
