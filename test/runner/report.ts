/** What a run reports at its end, over all its phases. */
import { type Taken, timeTable } from './times.ts';

export interface Report {
  readonly phases: Taken[];
  /** The first try of each file. */
  readonly files: Taken[];
  readonly secondTries: Taken[];
  /** What failed at the first try of files that had a second one. */
  readonly firstFailures: string[];
  /** Files that passed only at the second try. */
  readonly flaky: string[];
  /** Files that did not start before the end of the run's time. */
  readonly notRun: string[];
}

export function emptyReport(): Report {
  return { phases: [], files: [], secondTries: [], firstFailures: [], flaky: [], notRun: [] };
}

/** Empty if nothing ran. */
export function reportText({ phases, files, secondTries, firstFailures, flaky, notRun }: Report): string {
  const list = (title: string, paths: readonly string[]): string =>
    paths.length === 0 ? '' : [title, ...paths].join('\n  ');
  return [
    timeTable(phases, files, secondTries),
    list('What failed at the first try, before the second one:', firstFailures),
    list('Passed only at the second try (report these):', flaky),
    list('Not run, because the time of this run was over (DESKPOD_TEST_MINUTES); this is a failure:', notRun),
  ]
    .filter((part) => part !== '')
    .map((part) => `\n${part}`)
    .join('\n');
}
