/**
 * The screen WebSocket, `/api/v1/screen`: RFB 3.8 in binary messages, security type None. The ticket comes as a
 * subprotocol in addition to `binary`, so that it appears in no URL and no log.
 *
 * A viewer that offers `deskpod.notes` as a subprotocol, too, also receives notes from the gateway: JSON in text messages.
 * One that offers `deskpod.wishes` can send a `ScreenWish` in the same way if the gateway chose this subprotocol: first
 * before its RFB version, then at any time. A gateway of an older version chooses `binary`.
 */
import { z } from 'zod';
import { Picture } from './picture.ts';
import { ScreenArea, ScreenId, ScreenLayout } from './screens.ts';
import { MAX_MOVING_REGIONS, VideoArea } from './video.ts';

export const SCREEN_PATH = '/api/v1/screen';
/** A page whose connection was refused sends a `POST` here: the response is 204, or the reason. */
export const SCREEN_CHECK_PATH = '/api/v1/screen/check';
/** The path of the compatible API: `?jwt_token=` carries the ticket. */
export const WEBSOCKIFY_PATH = '/websockify';
export const SCREEN_PROTOCOL = 'binary';
export const TICKET_PROTOCOL_PREFIX = 'deskpod.ticket.';
export const NOTES_PROTOCOL = 'deskpod.notes';
export const WISHES_PROTOCOL = 'deskpod.wishes';

/** Text of one clipboard message, as UTF-8 with CRLF and a final NUL; Xvnc's `-MaxCutText` is the same. */
export const MAX_CLIPBOARD_BYTES = 1024 * 1024;

export const ScreenNotice = z.discriminatedUnion('kind', [
  /** Sent before the gateway closes: how many key messages of this connection it has passed on. */
  z.object({ kind: z.literal('keys'), received: z.number() }),
  /** Text for the desktop was refused. */
  z.object({ kind: z.literal('clipboard_too_large'), bytes: z.number() }),
  /** The viewer requested the desktop's text without the right to it. */
  z.object({ kind: z.literal('clipboard_withheld') }),
  /** A hole that the viewer no longer wants has its pixels again: they came before this message. */
  z.object({ kind: z.literal('filled'), area: VideoArea }),
  /** Another viewer of the same desktop disconnected. */
  z.object({ kind: z.literal('viewer_left') }),
  /** The screens of the desktop, for viewers that said how they want their picture. */
  z.object({ kind: z.literal('screens'), screens: z.array(ScreenArea) }),
  /** The desktop keeps its screens as they are: `reason` is one sentence. */
  z.object({ kind: z.literal('layout_refused'), reason: z.string() }),
]);
export type ScreenNotice = z.infer<typeof ScreenNotice>;

/** What a viewer wants of the gateway. Without one before its version, the desktop's bytes pass to it unchanged. */
export const ScreenWish = z.discriminatedUnion('kind', [
  /** Comes first. */
  z.object({ kind: z.literal('picture'), picture: Picture }),
  /** It shows only this screen, as if the desktop had no other; null for all of them. Closes with `screenMissing`. */
  z.object({ kind: z.literal('view'), screen: ScreenId.nullable() }),
  /** All screens of the desktop from now on. They must not overlap; `layout_refused` if the desktop can't have them. */
  z.object({ kind: z.literal('layout'), screens: ScreenLayout }),
  /** All areas that the gateway leaves out from now on, because the viewer has them as video. */
  z.object({ kind: z.literal('holes'), areas: z.array(VideoArea).max(MAX_MOVING_REGIONS) }),
]);
export type ScreenWish = z.infer<typeof ScreenWish>;

/** Why the server closed a screen or a terminal, as WebSocket close codes. */
export const CloseCode = {
  normal: 1000,
  /** The server stops or restarts: connect again. */
  serverStopping: 1001,
  /** A message exceeded its limit, for example 1 MiB of input for a terminal. */
  tooBig: 1009,
  internal: 1011,
  /** The viewer broke the protocol. */
  protocol: 4400,
  /** Logged out: connecting again needs a new session. */
  sessionEnded: 4401,
  /** The desktop was removed. */
  desktopGone: 4404,
  /** The desktop doesn't have the screen that the viewer wants to show. */
  screenMissing: 4410,
  /** This gateway can't continue the screen that the viewer had: open another one. */
  notResumable: 4420,
  /** From the viewer: it continues over another WebSocket. */
  continuing: 4421,
  /** The desktop's screen is gone for another reason and may come back: connect again. */
  screenLost: 4503,
} as const;
export type CloseCode = (typeof CloseCode)[keyof typeof CloseCode];

/** Longest side of a desktop, in pixels. */
export const MAX_SIDE = 8192;
/** Largest area of a desktop, in pixels: its frame buffer has 4 bytes for each, and the X server has several like it. */
export const MAX_PIXELS = 8192 * 4320;
