/** The end of a run of several files: the sums of what Node reports at the end of each. */
import type { TestEvent } from 'node:test/reporters';
import { z } from 'zod';

/** Name of the count → what the standard reporter calls it. */
const SHOWN = {
  tests: 'tests',
  suites: 'suites',
  passed: 'pass',
  failed: 'fail',
  cancelled: 'cancelled',
  skipped: 'skipped',
  todo: 'todo',
};
/** Node's types don't have all of them. */
const Counts = z.record(z.string(), z.number());

export class Totals {
  failed = false;
  readonly #since = performance.now();
  readonly #sums = new Map<string, number>();

  /** Adds up an event; whether it is one of the end of a run, which is not to be printed for each file. */
  takes({ type, data }: TestEvent): boolean {
    if (type === 'test:fail') this.failed = true;
    if (type === 'test:summary' && data.file === undefined) {
      this.failed ||= !data.success;
      const counts = Object.entries(Counts.parse(data.counts));
      for (const [name, count] of counts) this.#sums.set(name, (this.#sums.get(name) ?? 0) + count);
      return true;
    }
    return (type === 'test:diagnostic' || type === 'test:plan') && data.file === undefined;
  }

  /** What Node would report at the end of one run. */
  events(): TestEvent[] {
    const line = (message: string): TestEvent => ({
      type: 'test:diagnostic',
      data: { message, nesting: 0, level: 'info' },
    });
    const sums = Object.entries(SHOWN).map(([name, shown]) => line(`${shown} ${this.#sums.get(name) ?? 0}`));
    return [...sums, line(`duration_ms ${Math.round(performance.now() - this.#since)}`)];
  }
}
