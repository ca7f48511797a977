/** What a trial of an app found. The results of all apps are in results.json; docs/apps.md is made of them. */
import { z } from 'zod';
import { Runtime } from '#protocol/app.ts';

export const Result = z.object({
  name: z.string(),
  displayName: z.string(),
  /** The day of the trial, as 2026-11-30. */
  day: z.iso.date(),
  /** From the request to the mapped window, with an empty home; null if no window came. */
  coldMs: z.int().nullable(),
  /** The median of three starts after that. */
  warmMs: z.int().nullable(),
  /** Once the app is idle. */
  memoryMb: z.int().nullable(),
  imageMb: z.int(),
  /** What the image has beyond those that other apps are built on, too. */
  ownMb: z.int(),
  /** In which it starts, its own runtime first. */
  runtimes: z.array(Runtime),
  /** The sample that it shows; null if it doesn't open files. */
  opens: z.string().nullable(),
  /** Whether it was heard; null if it doesn't claim to play sound. */
  heard: z.boolean().nullable(),
  /** Whether what it printed came to the browser; null if it isn't one that prints. */
  prints: z.boolean().nullable(),
  picture: z.boolean(),
  /** What went wrong: one sentence each. */
  problems: z.array(z.string()),
});
export type Result = z.infer<typeof Result>;

export const Results = z.array(Result);

/** New results replace those of the same apps; those of apps that are gone are dropped. */
export function merged(before: readonly Result[], fresh: readonly Result[], apps: readonly string[]): Result[] {
  const all = new Map([...before, ...fresh].map((result) => [result.name, result]));
  return [...all.values()]
    .filter(({ name }) => apps.includes(name))
    .toSorted((one, other) => one.displayName.localeCompare(other.displayName, 'en'));
}

export function median(values: readonly number[]): number | null {
  const middle = values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)];
  return middle === undefined ? null : Math.round(middle);
}
