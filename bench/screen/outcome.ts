/** What becomes of the figures: printed, recorded in `docs/benchmarks.json`, or compared with what is recorded there. */
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { regressions, Results } from './results.ts';
import { printTable } from './table.ts';

export const RECORDED = 'docs/benchmarks.json';
/** How much worse than recorded a ratio may be on a machine that is busy with something else. */
const MOST_WORSE = 2;

/** Without a table when `isQuiet`. */
export async function outcome(
  root: string,
  results: Results,
  {
    isQuiet,
    isRecorded,
    isCompared,
  }: { readonly isQuiet: boolean; readonly isRecorded: boolean; readonly isCompared: boolean },
): Promise<void> {
  if (!isQuiet) printTable(results);
  const file = join(root, RECORDED);
  if (isRecorded) {
    await writeFile(file, `${JSON.stringify(Results.parse(results), null, 2)}\n`);
    console.error(`bench: recorded in ${RECORDED}; UPDATE_DOCS=1 npm run test:unit writes docs/benchmarks.md from it`);
  }
  if (!isCompared || !existsSync(file)) return;
  const recorded = Results.parse(JSON.parse(await readFile(file, 'utf8')));
  const worse = regressions(results.figures, recorded.figures, MOST_WORSE);
  for (const line of worse) console.error(`bench: more than ${MOST_WORSE} times worse than recorded: ${line}`);
  if (worse.length > 0) process.exitCode = 1;
}
