/** A reporter that prints each failure when it happens; the standard one lists all of them again at the end. */
import { relative } from 'node:path';
import { inspect } from 'node:util';
import type { TestEvent } from 'node:test/reporters';

export default async function* failures(source: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  for await (const event of source) {
    if (event.type !== 'test:fail') continue;
    const { file, line, name, details } = event.data;
    const { cause, failureType } = details.error as Error & { failureType?: string };
    // A suite fails because of its tests, which have been printed.
    if (failureType === 'subtestsFailed') continue;
    const where = file === undefined ? '' : ` (${relative(process.cwd(), file)}:${line ?? 1})`;
    yield `\n✖ ${name}${where}\n${inspect(cause ?? details.error).replaceAll(/^/gm, '  ')}\n\n`;
  }
}
