/** Messages of a viewer that sees a part of the framebuffer, for the desktop. Pure. */
import type { Area } from '#gateway/rfb/area.ts';
import { ENCODING } from '#gateway/rfb/encodings.ts';
import { encodingsOf } from '#gateway/rfb/messages.ts';
import { within } from './moved.ts';

const SET_ENCODINGS = 2;
const UPDATE_REQUEST = 3;
const POINTER = 5;
const CONTINUOUS_UPDATES = 150;

/** The same, or a copy whose places are those of the framebuffer. */
export function movedMessage(message: Buffer, area: Area, isCropped: boolean): Buffer {
  const type = message.readUInt8(0);
  if (type === UPDATE_REQUEST || type === CONTINUOUS_UPDATES) return withPlace(message, area);
  if (type === POINTER) return withPointer(message, area);
  return type === SET_ENCODINGS && isCropped ? withoutCopies(message) : message;
}

function withPlace(message: Buffer, area: Area): Buffer {
  const copy = Buffer.from(message);
  const [x, y] = [within(message.readUInt16BE(2), area.width), within(message.readUInt16BE(4), area.height)];
  const width = within(message.readUInt16BE(6), area.width - x);
  const height = within(message.readUInt16BE(8), area.height - y);
  for (const [index, value] of [area.x + x, area.y + y, width, height].entries())
    copy.writeUInt16BE(value, 2 + 2 * index);
  return copy;
}

function withPointer(message: Buffer, area: Area): Buffer {
  const copy = Buffer.from(message);
  copy.writeUInt16BE(area.x + within(message.readUInt16BE(2), area.width - 1), 2);
  copy.writeUInt16BE(area.y + within(message.readUInt16BE(4), area.height - 1), 4);
  return copy;
}

/** A source of CopyRect may be a part of the framebuffer that the viewer doesn't have. */
function withoutCopies(message: Buffer): Buffer {
  const kept = encodingsOf(message).filter((encoding) => encoding !== ENCODING.copyRect);
  const copy = Buffer.alloc(4 + 4 * kept.length);
  copy.writeUInt8(SET_ENCODINGS, 0);
  copy.writeUInt16BE(kept.length, 2);
  for (const [index, encoding] of kept.entries()) copy.writeInt32BE(encoding, 4 + 4 * index);
  return copy;
}
