/** Windows of a desktop, from its X server. */
import { z } from 'zod';

export const Window = z.object({
  /** X window id. */
  id: z.int().positive(),
  title: z.string(),
  /** `instance.Class` */
  wmClass: z.string(),
  launchId: z.string().nullable(),
  active: z.boolean(),
  minimised: z.boolean(),
  /** PNG data URL of the window's own icon, at most 48 by 48. */
  icon: z.string().nullable(),
});
export type Window = z.infer<typeof Window>;

export const Placement = z.enum(['maximise', 'restore', 'left', 'right', 'top', 'bottom', 'centre']);

export const WindowAction = z.discriminatedUnion('action', [
  z.object({ action: z.literal('activate') }),
  z.object({ action: z.literal('close') }),
  z.object({ action: z.literal('minimise') }),
  z.object({ action: z.literal('place'), placement: Placement }),
]);
export type WindowAction = z.infer<typeof WindowAction>;
