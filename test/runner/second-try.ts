/** Which files of a run get a second try. */
import type { Result } from './plan.ts';
import { LEAST_MS } from './time-limits.ts';

/** If more files fail, the reason isn't a coincidence. */
const MOST = 3;

export interface SecondTry {
  /** Those that failed. */
  readonly files: readonly string[];
  /** Why none of these files runs again; null if they do. */
  readonly refused: string | null;
}

/** `restMs` is the time that the run has left. A second try is expected to take as long as the first one did. */
export function secondTry(results: readonly Result[], restMs: number): SecondTry {
  const failed = results.filter(({ passed }) => !passed);
  const files = failed.map(({ name }) => name);
  if (files.length > MOST) return { files, refused: `more than ${MOST} files failed` };
  const neededMs = failed.reduce((sum, { ms }) => sum + ms, 0);
  if (Math.max(neededMs, LEAST_MS) <= restMs) return { files, refused: null };
  const [needed, rest] = [neededMs, restMs].map((ms) => Math.max(0, Math.round(ms / 1_000)));
  return { files, refused: `the first one took ${needed} s, and this run has only ${rest} s left` };
}
