/** Finds errors in the log of an app. Pure. */
import { ALLOWED, COMMON } from './allowed.ts';

/** An error that may be in a log, with the reason why it does no harm. */
export interface Allowed {
  readonly pattern: RegExp;
  readonly because: string;
}

const ERROR =
  /\b(?:error|critical|fatal|traceback|segfault|segmentation fault|core dumped|abort(?:ed)?|cannot|can't|could not|couldn't|unable to|failed|failure|exception|denied|not found)\b/i;

/** The lines that tell of an error and aren't allowed. */
export function errorsIn(log: string, app: string): string[] {
  const allowed = [...COMMON, ...(ALLOWED[app] ?? [])];
  const lines = log.split('\n').map((line) => line.trim());
  return lines.filter((line) => ERROR.test(line) && !allowed.some(({ pattern }) => pattern.test(line)));
}
