/** What a user may have at the same time, and has. */
import { z } from 'zod';

export const LimitName = z.enum(['launches', 'terminals', 'streams', 'screens', 'guests']);
export type LimitName = z.infer<typeof LimitName>;

export const LimitUse = z.object({
  name: LimitName,
  used: z.int().min(0),
  limit: z.int().min(0),
  /** With which an administrator changes the limit. */
  setting: z.string(),
});
export type LimitUse = z.infer<typeof LimitUse>;

/** `user` is for administrators. */
export const LimitsQuery = z.object({ user: z.string().max(256).optional() });
export const Limits = z.object({ limits: z.array(LimitUse) });
