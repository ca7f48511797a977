/** How large programs draw: in percent, of what suits a screen with 96 pixels per inch. */
import { z } from 'zod';

export const LEAST_SCALE = 100;
export const MOST_SCALE = 300;

export const Scale = z.int().min(LEAST_SCALE).max(MOST_SCALE);
export type Scale = z.infer<typeof Scale>;

/** A preference of the user: `auto` is the scale of the browser's page. */
export const ScaleChoice = z.union([z.literal('auto'), Scale]);
export type ScaleChoice = z.infer<typeof ScaleChoice>;
