/** What `files.ts` tells the process that runs the files, and what that process writes about each. */
import { z } from 'zod';

const PlannedFile = z.object({ path: z.string(), group: z.string().nullable(), limitMs: z.number() });
export type PlannedFile = Readonly<z.infer<typeof PlannedFile>>;

export const Plan = z.object({
  files: z.array(PlannedFile),
  atOnce: z.number(),
  /** Modules that are loaded into each file. */
  imports: z.array(z.string()),
  /** When no file may run any more, in milliseconds since the epoch; null: no limit. */
  until: z.number().nullable(),
  /** The file for a line of JSON, a `Result`, for each file that has ended. */
  results: z.string(),
});
export type Plan = Readonly<z.infer<typeof Plan>>;

/** A file that crashed or was ended has not passed. */
export const Result = z.object({
  name: z.string(),
  ms: z.number(),
  passed: z.boolean(),
  /** What was printed of its first failures, shortened. */
  failures: z.string(),
});
export type Result = Readonly<z.infer<typeof Result>>;
