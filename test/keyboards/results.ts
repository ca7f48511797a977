/** What `npm run test:keyboards` found, as kept in results.json. */
import { z } from 'zod';

const Count = z.strictObject({ tried: z.int().min(0), wrong: z.int().min(0) });
export type Count = z.infer<typeof Count>;

const LayoutResult = z.strictObject({ name: z.string(), characters: Count, deadKeys: Count, shortcuts: Count });
export type LayoutResult = z.infer<typeof LayoutResult>;

export const Results = z.strictObject({
  day: z.iso.date(),
  /** Versions of the browser and of Debian's packages. */
  versions: z.record(z.string(), z.string()),
  layouts: z.array(LayoutResult),
  behaviour: Count,
  firefox: Count,
  webkit: Count,
});
export type Results = z.infer<typeof Results>;
