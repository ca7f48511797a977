/** A message of a WebSocket as a single buffer. */
import type { RawData } from 'ws';

export function bytesOf(data: RawData): Buffer {
  if (Buffer.isBuffer(data)) return data;
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
}
