/** A user's desktop and the trace of its start. */
import { z } from 'zod';
import { Scale } from './scale.ts';
import { MAX_PIXELS, MAX_SIDE } from './screen.ts';

export const StartStepName = z.enum([
  'authorise',
  'home',
  'image',
  'create',
  'display',
  'window_manager',
  'first_pixel',
]);
export type StartStepName = z.infer<typeof StartStepName>;

/** One step of a desktop's start, in chronological order. */
export const StartStep = z.object({
  name: StartStepName,
  state: z.enum(['waiting', 'running', 'done', 'failed']),
  /** Duration in milliseconds, so far if it is running. */
  ms: z.number().nonnegative(),
  /** Current progress, for example `building layer 3 of 5`. */
  detail: z.string().optional(),
});
export type StartStep = z.infer<typeof StartStep>;

/** What the browser measured: from asking for the screen to the first painted frame. */
export const FirstPixel = z.object({ ms: z.number().min(0).max(3_600_000) });

export const StartTrace = z.object({
  startedAt: z.iso.datetime(),
  /** `cold` created a desktop, `warm` found one running. */
  kind: z.enum(['cold', 'warm']),
  steps: z.array(StartStep),
  totalMs: z.number().nonnegative(),
  /** Median of earlier starts of this kind; null if there were none. */
  usualMs: z.number().nonnegative().nullable(),
  /** {@link FirstPixel}, once the browser reported it. */
  browserMs: z.number().nonnegative().optional(),
});
export type StartTrace = z.infer<typeof StartTrace>;

export const DesktopState = z.discriminatedUnion('state', [
  z.object({ state: z.literal('none') }),
  z.object({ state: z.literal('starting') }),
  z.object({ state: z.literal('running') }),
  z.object({ state: z.literal('stopping') }),
  z.object({
    state: z.literal('failed'),
    reason: z.string(),
    remedy: z.string().optional(),
    /** True if it ran before it ended or was removed; otherwise it did not start. */
    ended: z.boolean().optional(),
  }),
]);
export type DesktopState = z.infer<typeof DesktopState>;

/** Whether the files in the home folder outlive the desktop. */
export const Home = z.enum(['kept', 'lost']);
export type Home = z.infer<typeof Home>;

export const Desktop = z.object({
  id: z.string().nullable(),
  status: DesktopState,
  trace: StartTrace.nullable(),
  /** Node and address, for display. */
  place: z.string().nullable(),
  /** Finished launches that remain until the desktop is rebuilt, and the limit for all launches in it. */
  entries: z.object({ finished: z.int().nonnegative(), most: z.int().positive().nullable() }),
  /** Of this desktop, or of the one that has just ended; null if there was none. */
  home: Home.nullable(),
  /** Set if a rebuild is scheduled for when the desktop is unattended. */
  rebuild: z.literal('idle').optional(),
});
export type Desktop = z.infer<typeof Desktop>;

const Side = z.int().min(64).max(MAX_SIDE);
export const Geometry = z.object({ width: Side, height: Side });
export type Geometry = z.infer<typeof Geometry>;

export const DesktopRequest = Geometry.partial()
  .extend({
    /** IANA name, for example `Europe/Vienna`; an unknown one is ignored. */
    timezone: z.string().max(200).optional(),
    /** BCP 47, for example `en-GB`; an invalid one is ignored. */
    locale: z.string().max(200).optional(),
    /** Several languages, preferred first, instead of `locale`. */
    languages: z.array(z.string().max(200)).max(50).optional(),
    dark: z.boolean().optional(),
    scale: Scale.optional(),
  })
  .refine(({ width = 0, height = 0 }) => width * height <= MAX_PIXELS, `has more than ${MAX_PIXELS} pixels`);
export type DesktopRequest = z.infer<typeof DesktopRequest>;

/** What a ticket is for. */
export const TicketRequest = z.object({ service: z.enum(['screen', 'sound', 'video']).default('screen') });
export type TicketRequest = z.input<typeof TicketRequest>;

export const Ticket = z.object({
  token: z.string(),
  expiresAt: z.iso.datetime(),
});
export type Ticket = z.infer<typeof Ticket>;

/** A desktop in the list for support and administrators. */
export const DesktopSummary = z.object({
  id: z.string(),
  userId: z.string(),
  state: z.enum(['running', 'ended']),
  createdAt: z.iso.datetime(),
  place: z.string(),
  home: Home,
});
export type DesktopSummary = z.infer<typeof DesktopSummary>;
