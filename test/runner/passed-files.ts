/** A reporter that writes the path of each file that passed; one that crashed or was ended has no summary. */
import { setMaxListeners } from 'node:events';
import type { TestEvent } from 'node:test/reporters';

// Each reporter listens several times to the runner's one stream: with three of them Node would warn of a leak.
setMaxListeners(30);

export default async function* passedFiles(source: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  for await (const { type, data } of source) {
    if (type === 'test:summary' && data.file !== undefined && data.success) yield `${data.file}\n`;
  }
}
