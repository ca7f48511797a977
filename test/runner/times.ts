/** How long each test file took: a reporter for the runner, and the table that `npm test` ends with. */
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import type { TestEvent } from 'node:test/reporters';
import { z } from 'zod';

const SHOWN = 15;

const Taken = z.object({ name: z.string(), ms: z.number() });
export type Taken = Readonly<z.infer<typeof Taken>>;

/** A line of JSON for each file. */
export default async function* times(source: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  for await (const { type, data } of source) {
    if (type !== 'test:summary' || data.file === undefined) continue;
    const taken: Taken = { name: relative(process.cwd(), data.file), ms: data.duration_ms };
    yield `${JSON.stringify(taken)}\n`;
  }
}

/** What the reporter wrote; nothing when it was interrupted before it wrote anything. */
export function readTimes(file: string): Taken[] {
  let text = '';
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
  return text.split('\n').flatMap((line) => (line === '' ? [] : [Taken.parse(JSON.parse(line))]));
}

/** The phases of a run in their order, then its slowest files. */
export function timeTable(phases: readonly Taken[], files: readonly Taken[]): string {
  const slowest = files.toSorted((a, b) => b.ms - a.ms).slice(0, SHOWN);
  const rows = [...phases, ...slowest];
  if (rows.length === 0) return '';
  const width = Math.max(...rows.map(({ name }) => name.length));
  const line = ({ name, ms }: Taken): string => `  ${name.padEnd(width)} ${(ms / 1_000).toFixed(1).padStart(8)} s`;
  const rest = files.length - slowest.length;
  return [
    ...(phases.length > 0 ? ['Phases (some overlap):', ...phases.map(line)] : []),
    ...(slowest.length > 0 ? ['Slowest test files:', ...slowest.map(line)] : []),
    ...(rest > 0 ? [`  … and ${rest} more`] : []),
  ].join('\n');
}
