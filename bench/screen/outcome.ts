/** What becomes of the figures: printed, recorded in `docs/benchmarks.json`, or compared with what is recorded there. */
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '#domain/errors.ts';
import { regressions, Results } from './results.ts';
import { printTable } from './table.ts';
import { pythonProgram } from './tools.ts';

const RECORDED = 'docs/benchmarks.json';
/** Exit code of `--quick` when a ratio is worse; other failures of the bench say nothing about the screen. */
const WORSE = 3;
/** How much worse than recorded a ratio may be: machines differ. */
const MOST_WORSE = 2;
/** Ratios that are steady enough to be compared after a few turns. */
const COMPARED = new Set([
  'key',
  'click',
  'scroll-fps',
  'scroll-bytes',
  'film-360-fps',
  'film-360-mbits',
  'gateway-rate',
  'gateway-cpu',
]);

export async function record(root: string, results: Results): Promise<void> {
  await writeFile(join(root, RECORDED), `${JSON.stringify(Results.parse(results), null, 2)}\n`);
  console.error(`bench: recorded in ${RECORDED}; CONTRIBUTING says how to make docs/benchmarks.md from it`);
}

/** Why there is nothing to compare; null: there is. */
export function reasonNotToCompare(root: string, folder: string): string | null {
  if (!existsSync(join(root, RECORDED))) return `${RECORDED} is missing`;
  if (existsSync(pythonProgram(folder, 'websockify'))) return null;
  return 'websockify is not installed: npm run bench -- --only screen installs it';
}

/** Sets the exit code if a ratio is worse than recorded, each time that it is measured. Never rejects. */
export async function compare(root: string, measure: () => Promise<Results>): Promise<void> {
  try {
    const recorded = Results.parse(JSON.parse(await readFile(join(root, RECORDED), 'utf8')));
    const look = async (): Promise<ReadonlyMap<string, string>> => {
      const results = await measure();
      printTable(results);
      const figures = results.figures.filter(({ id }) => COMPARED.has(id));
      return regressions(figures, recorded.figures, MOST_WORSE);
    };
    const first = await look();
    // A machine that is busy for a moment is measured once more.
    const second = first.size === 0 ? first : await look();
    const worse = [...second].filter(([key]) => first.has(key));
    for (const [, line] of worse) console.error(`bench: ${MOST_WORSE} times worse than recorded: ${line}`);
    if (worse.length > 0) process.exitCode = WORSE;
  } catch (error) {
    console.error(`bench: not compared with what is recorded: ${messageOf(error)}`);
  }
}
