/** Windows of a desktop, from its X server. */
import { z } from 'zod';

/** Of the icons of a user's windows; the URL of one ends with a slash and the version of its content. */
export const WINDOW_ICONS_PATH = '/api/v1/windows/icons';

export const Window = z.object({
  /** X window id. */
  id: z.int().positive(),
  title: z.string(),
  /** `instance.Class` */
  wmClass: z.string(),
  launchId: z.string().nullable(),
  active: z.boolean(),
  minimised: z.boolean(),
  /** Path of the window's own icon, a PNG of at most 48 by 48; it changes with the content. Null if it has none. */
  iconUrl: z.string().nullable(),
});
export type Window = z.infer<typeof Window>;

export const Placement = z.enum(['maximise', 'restore', 'left', 'right', 'top', 'bottom', 'centre']);

/** In pixels of the framebuffer. */
const Area = z.object({
  x: z.int().min(0).max(0xffff),
  y: z.int().min(0).max(0xffff),
  width: z.int().min(1).max(0xffff),
  height: z.int().min(1).max(0xffff),
});

export const WindowAction = z.discriminatedUnion('action', [
  z.object({ action: z.literal('activate') }),
  z.object({ action: z.literal('close') }),
  z.object({ action: z.literal('minimise') }),
  z.object({ action: z.literal('place'), placement: Placement }),
  /** Moves it, frame and all, to the middle of the area; a maximised window is maximised there. */
  z.object({ action: z.literal('move'), area: Area }),
  /** Fills the area without a frame, until `pull_back` gives it its frame and its former place. */
  z.object({ action: z.literal('pop_out'), area: Area }),
  z.object({ action: z.literal('pull_back') }),
]);
export type WindowAction = z.infer<typeof WindowAction>;
