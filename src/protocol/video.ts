/**
 * The video WebSocket, `/api/v1/video`: one rectangle of a desktop's screen, as long as something moves in it. The ticket comes
 * as a subprotocol in addition to `binary`, as for the screen. The page says what it wants in its first message; the gateway
 * connects the desktop's encoder, and sends each frame as one binary message: a header (`video-frames.ts`), then one access
 * unit of H.264 in Annex B form. Text messages are JSON: {@link VideoMessage} to the gateway. It sends none.
 */
import { z } from 'zod';

export const VIDEO_PATH = '/api/v1/video';
/** Rectangles of one desktop that are sent as video at the same time, to one page. */
export const MAX_MOVING_REGIONS = 2;
/** Videos of one desktop at one gateway; its encoder has room for as many. */
export const MAX_VIDEOS = 8;
/** More is too much for an encoder with one processor. */
export const MAX_VIDEO_PIXELS = 3840 * 2160;
/** Of a text message to the gateway. */
export const MAX_VIDEO_MESSAGE_BYTES = 256;

/** RFB has 16 bits for each. */
const Even = z.int().min(0).max(0xff_fe).multipleOf(2);

/** In pixels of the screen. Chroma has half the resolution, so all four are even. */
export const VideoArea = z
  .object({ x: Even, y: Even, width: Even.min(16), height: Even.min(16) })
  .refine(({ width, height }) => width * height <= MAX_VIDEO_PIXELS, `has more than ${MAX_VIDEO_PIXELS} pixels`);
export type VideoArea = z.infer<typeof VideoArea>;

/** Pictures per second. */
export const VideoRate = z.literal([10, 15, 20, 30, 60]);
export type VideoRate = z.infer<typeof VideoRate>;

/** A part of the screen in which a program draws all the time. */
export const MovingRegion = z.object({ area: VideoArea, fps: VideoRate });
export type MovingRegion = z.infer<typeof MovingRegion>;

/** H.264 with colour at full or half resolution. */
export const VideoCodec = z.enum(['h264-444', 'h264']);
export type VideoCodec = z.infer<typeof VideoCodec>;

export const VideoMessage = z.discriminatedUnion('kind', [
  /** The first message, once. */
  z.object({ kind: z.literal('show'), area: VideoArea, fps: VideoRate, codec: VideoCodec }),
  /** This frame and all before it are decoded. The gateway sends only a few more than that. */
  z.object({ kind: z.literal('decoded'), sequence: z.int().min(0).max(0xff_ff) }),
]);
export type VideoMessage = z.infer<typeof VideoMessage>;
