/** A user's desktop and how it came to be. */
import { z } from 'zod';

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

/** One step of making a desktop, in the order they happened. */
export const StartStep = z.object({
  name: StartStepName,
  state: z.enum(['waiting', 'running', 'done', 'failed']),
  /** Milliseconds this step took, or has taken so far. */
  ms: z.number().nonnegative(),
  /** What happens right now, for example `building layer 3 of 5`. */
  detail: z.string().optional(),
});
export type StartStep = z.infer<typeof StartStep>;

export const StartTrace = z.object({
  startedAt: z.iso.datetime(),
  /** `cold` made a desktop, `warm` found one running. */
  kind: z.enum(['cold', 'warm']),
  steps: z.array(StartStep),
  totalMs: z.number().nonnegative(),
  /** Median of earlier starts of this kind, when there were any. */
  usualMs: z.number().nonnegative().nullable(),
});
export type StartTrace = z.infer<typeof StartTrace>;

export const DesktopState = z.discriminatedUnion('state', [
  z.object({ state: z.literal('none') }),
  z.object({ state: z.literal('starting') }),
  z.object({ state: z.literal('running') }),
  z.object({ state: z.literal('stopping') }),
  z.object({ state: z.literal('failed'), reason: z.string(), remedy: z.string().optional() }),
]);
export type DesktopState = z.infer<typeof DesktopState>;

export const Desktop = z.object({
  id: z.string().nullable(),
  status: DesktopState,
  trace: StartTrace.nullable(),
  /** Where it runs, for people: node and address. */
  place: z.string().nullable(),
  /** Finished launches that it carries until it is made anew, and how many launches inside it there can be in all. */
  entries: z.object({ finished: z.int().nonnegative(), most: z.int().positive().nullable() }),
  /** The user agreed that it is made anew without them when nobody looks at it. */
  compaction: z.literal('idle').optional(),
});
export type Desktop = z.infer<typeof Desktop>;

export const Geometry = z.object({ width: z.int().min(64).max(8192), height: z.int().min(64).max(8192) });
export type Geometry = z.infer<typeof Geometry>;

export const DesktopRequest = Geometry.partial().extend({
  /** IANA name, for example `Europe/Vienna`. */
  timezone: z
    .string()
    .regex(/^[A-Za-z0-9_+/-]{1,64}$/)
    .optional(),
  /** BCP 47, for example `en-GB`. */
  locale: z
    .string()
    .regex(/^[A-Za-z0-9-]{2,35}$/)
    .optional(),
  dark: z.boolean().optional(),
});
export type DesktopRequest = z.infer<typeof DesktopRequest>;

export const Ticket = z.object({
  token: z.string(),
  expiresAt: z.iso.datetime(),
});
export type Ticket = z.infer<typeof Ticket>;

/** A desktop as support staff see it. */
export const DesktopSummary = z.object({
  id: z.string(),
  userId: z.string(),
  state: z.enum(['running', 'ended']),
  createdAt: z.iso.datetime(),
  place: z.string(),
});
export type DesktopSummary = z.infer<typeof DesktopSummary>;
