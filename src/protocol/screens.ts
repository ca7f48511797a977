/** The screens of a desktop: RandR outputs, which are rectangles of one framebuffer. */
import { z } from 'zod';

/** RFB allows more; Xvnc has as many outputs. */
export const MAX_SCREENS = 16;

const MAX_COORDINATE = 0xffff;

export const ScreenId = z.int().min(0).max(0xffff_ffff);

/** In pixels of the framebuffer. */
export const ScreenArea = z.object({
  id: ScreenId,
  x: z.int().min(0).max(MAX_COORDINATE),
  y: z.int().min(0).max(MAX_COORDINATE),
  width: z.int().min(1).max(MAX_COORDINATE),
  height: z.int().min(1).max(MAX_COORDINATE),
});
export type ScreenArea = z.infer<typeof ScreenArea>;

export const ScreenLayout = z.array(ScreenArea).min(1).max(MAX_SCREENS);
export type ScreenLayout = readonly ScreenArea[];
