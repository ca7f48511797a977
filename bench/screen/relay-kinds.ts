/** What the bench's viewers, its RFB server and its gateway say to each other. */
import { z } from 'zod';

/** Keys that the RFB server answers. */
export const KEY = {
  /** One byte, a bell. */
  ping: 1,
  /** `FLOOD_BYTES` of updates, as fast as they are taken. */
  flood: 2,
  /** Updates without end, at `MOVING`. */
  moving: 3,
} as const;

export const FLOOD_BYTES = 256 * 1024 * 1024;
/** Of each moving viewer. */
export const MOVING = { perSecond: 10, bytes: 10_000 } as const;
export const VIEWERS = 200;
export const PASSWORD = 'benchpwd';
/** What the processes print as soon as they listen. */
export const Listening = z.object({ port: z.int() });
