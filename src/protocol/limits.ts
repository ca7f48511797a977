/** What a user may have at the same time, and has. */
import { z } from 'zod';

export const LimitName = z.enum([
  'launches',
  'terminals',
  'streams',
  'screens',
  'guests',
  // Of the running desktop with all its apps.
  'memory',
  'cpus',
  'processes',
  'home',
]);
export type LimitName = z.infer<typeof LimitName>;

export const LimitUse = z.object({
  name: LimitName,
  /** Null if unknown. Processors are those of the time since the last request. */
  used: z.number().min(0).nullable(),
  limit: z.number().min(0),
  unit: z.enum(['count', 'bytes', 'processors']),
  /** False for what is only measured, and where the machine can't enforce it. */
  enforced: z.boolean(),
  /** With which an administrator changes the limit. */
  setting: z.string(),
});
export type LimitUse = z.infer<typeof LimitUse>;

/** `user` is for administrators. */
export const LimitsQuery = z.object({ user: z.string().max(256).optional() });
export const Limits = z.object({ limits: z.array(LimitUse) });
