/** How the picture of a desktop is sent, which is a preference of its user. */
import { z } from 'zod';

export const Picture = z.enum([
  /** Without loss, except what moves and is photographic, or a link is too slow for; without loss again at rest. */
  'auto',
  /** Always without loss. */
  'sharp',
  /** At most 1 Mbit/s; without loss at rest. */
  'frugal',
]);
export type Picture = z.infer<typeof Picture>;
