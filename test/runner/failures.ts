/** What is printed of a failure when it happens; the standard reporter lists all of them again at the end. */
import { relative } from 'node:path';
import { inspect } from 'node:util';
import type { TestEvent } from 'node:test/reporters';

/** Null for events that are no failure, and for a suite that fails because of its tests, which have been printed. */
export function failureText(event: TestEvent): string | null {
  if (event.type !== 'test:fail') return null;
  const { file, line, name, details } = event.data;
  const { cause, failureType } = details.error as Error & { failureType?: string };
  if (failureType === 'subtestsFailed') return null;
  const where = file === undefined ? '' : ` (${relative(process.cwd(), file)}:${line ?? 1})`;
  return `\n✖ ${name}${where}\n${inspect(cause ?? details.error).replaceAll(/^/gm, '  ')}\n\n`;
}

const MOST_CHARACTERS = 2_000;

/** Enough to see what failed first. */
export function shortened(failures: string): string {
  return failures.length <= MOST_CHARACTERS ? failures : `${failures.slice(0, MOST_CHARACTERS - 1)}…`;
}
