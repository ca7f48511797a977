/** Messages that the gateway sends to a desktop itself (RFC 6143, section 7.5, and its extensions). */

import type { Area } from './area.ts';

const UPDATE_REQUEST = 3;
const CONTINUOUS_UPDATES = 150;

/** Incremental: only what changed since it was last sent. */
export function updateRequest(area: Area, isIncremental: boolean): Buffer {
  return withArea(UPDATE_REQUEST, isIncremental, area);
}

export function continuousUpdates(isOn: boolean, area: Area): Buffer {
  return withArea(CONTINUOUS_UPDATES, isOn, area);
}

/** Of the viewer's message: whether it switches continuous updates on. */
export function switchesOn(continuous: Buffer): boolean {
  return continuous.readUInt8(1) !== 0;
}

function withArea(type: number, flag: boolean, { x, y, width, height }: Area): Buffer {
  const message = Buffer.alloc(10);
  message.writeUInt8(type, 0);
  message.writeUInt8(flag ? 1 : 0, 1);
  [x, y, width, height].forEach((value, index) => message.writeUInt16BE(value, 2 + 2 * index));
  return message;
}
