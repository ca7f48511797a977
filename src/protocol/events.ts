/** Server-sent events of `/api/v1/events`: a snapshot first, then changes. */
import { z } from 'zod';
import { App } from './app.ts';
import { ClipboardOffer, ClipboardRights } from './clipboard.ts';
import { DebugSession } from './debug.ts';
import { Desktop } from './desktop.ts';
import { Launch } from './launch.ts';
import { Print } from './print.ts';
import { OpenRequest, OpenResult } from './open.ts';
import { MAX_MOVING_REGIONS, MovingRegion } from './video.ts';
import { Window } from './window.ts';

export const Notice = z.object({
  id: z.string(),
  level: z.enum(['info', 'warning', 'error']),
  text: z.string(),
  launchId: z.string().nullable(),
  at: z.iso.datetime(),
});
export type Notice = z.infer<typeof Notice>;

/** The user left the session in one of their tabs; its time is over; or it was ended elsewhere, by the user or for them. */
export const WhyEnded = z.enum(['left', 'over', 'revoked']);

export const ServerEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('desktop'), desktop: Desktop }),
  /** All launches of the user, finished ones included. */
  z.object({ type: z.literal('launches'), launches: z.array(Launch) }),
  z.object({ type: z.literal('launch'), launch: Launch }),
  z.object({ type: z.literal('launch_removed'), id: z.string() }),
  z.object({ type: z.literal('windows'), windows: z.array(Window) }),
  /** What was copied last in the desktop; null if that is nothing, or text that RFB carries. */
  z.object({ type: z.literal('clipboard'), rights: ClipboardRights, offer: ClipboardOffer.nullable() }),
  /** All parts of the screen that move now; a page with a ticket for the video can have them as such. */
  z.object({ type: z.literal('moving'), regions: z.array(MovingRegion).max(MAX_MOVING_REGIONS) }),
  z.object({ type: z.literal('apps'), apps: z.array(App) }),
  z.object({ type: z.literal('app'), app: App }),
  /** Sessions by the user or on their desktop: first the pending, active and just ended ones, then every change. */
  z.object({ type: z.literal('debug'), session: DebugSession }),
  z.object({ type: z.literal('notice'), notice: Notice }),
  /** An app has printed. `missed`: while no page of the user was connected. */
  z.object({ type: z.literal('print'), print: Print, missed: z.boolean() }),
  /** A program in the desktop asked to open this: a link for the user's own browser, or apps to choose from. */
  z.object({ type: z.literal('open'), request: OpenRequest, result: OpenResult }),
  /** This login session ended; the desktop stays. */
  z.object({ type: z.literal('session_ended'), sessionId: z.string(), why: WhyEnded.optional() }),
  /** The user logged out: the desktop is gone. */
  z.object({ type: z.literal('logged_out') }),
]);
export type ServerEvent = z.infer<typeof ServerEvent>;
