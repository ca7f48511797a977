/** How long a test file and a whole run may take. */
import { z } from 'zod';

const MINUTE_MS = 60_000;
/** A file that starts later than this before the end of the run would only be ended. */
export const LEAST_MS = MINUTE_MS;

/** More than three times as long as most files take on two busy cores. */
const FILE_MINUTES = 12;
/** Files for which that is too little, because they build images or take minutes anyway. Their suites end a little earlier. */
export const LONGER: Readonly<Record<string, number>> = {
  'e2e/tasks': 18,
  'e2e/translations': 18,
  'e2e/upgrade': 18,
  'integration/engine-docker': 18,
  'integration/engine-podman': 18,
  'kubernetes/homes': 18,
  'kubernetes/walk': 18,
};
const Minutes = z.coerce.number().positive();

/** For a path like `test/e2e/tasks.test.ts`, also an absolute one. */
export function fileLimitMs(path: string): number {
  const name = Object.keys(LONGER).find((one) => path.endsWith(`${one}.test.ts`));
  return (name === undefined ? FILE_MINUTES : (LONGER[name] ?? FILE_MINUTES)) * MINUTE_MS;
}

/**
 * When a run that starts now has to end, in milliseconds since the epoch: after `DESKPOD_TEST_MINUTES`, or `minutes`.
 * Throws if the variable isn't a positive number.
 */
export function endOfRun(minutes: number, env: NodeJS.ProcessEnv = process.env): number {
  const given = env['DESKPOD_TEST_MINUTES'];
  if (given === undefined || given === '') return Date.now() + minutes * MINUTE_MS;
  const parsed = Minutes.safeParse(given);
  if (!parsed.success) throw new Error(`DESKPOD_TEST_MINUTES=${given} is not a positive number of minutes`);
  return Date.now() + parsed.data * MINUTE_MS;
}
