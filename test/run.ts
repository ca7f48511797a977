/**
 * `npm test`: checks types, lint and style and runs the unit tests while the machine is set up for the rest, in a data
 * folder of its own; then runs the real parts: engines, API, browser journeys.
 *
 * `-- PATTERN…` runs only test files whose path contains one of these. `-- --changed[=REF]` runs what a change since the
 * merge base with `main`, or since REF, can affect. `--units` leaves out the real parts, and so needs no root.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { installPackages, missingPackages } from '#setup/packages.ts';
import { createProgress } from '#setup/progress.ts';
import { setUp } from '#setup/setup.ts';
import { KEYBOARD_PACKAGES } from './keyboards/packages.ts';
import { type Change, changeSince } from './runner/changed.ts';
import { type Files, runFiles, runProgram } from './runner/files.ts';
import { environmentOf, placesOf, preparePlaces } from './runner/places.ts';
import { emptyReport, reportText } from './runner/report.ts';
import { groupOf, shared } from './runner/sharing.ts';
import { endOfRun } from './runner/time-limits.ts';

const ROOT = resolve(import.meta.dirname, '..');
const BIN = join(ROOT, 'node_modules/.bin');
/** How many files of real parts run side by side, each with an installation of its own; the first has the images. */
const SLOTS = 2;
/** How long a run may take in all; four times what it takes on two cores, because the first one builds images, too. */
const MINUTES = 60;
const FIRST = placesOf(1);
const ENV = { ...process.env, ...environmentOf(FIRST) };
/** Engines, browser and what they show. */
const PACKAGES = [
  'cadaver',
  'chromium',
  'curl',
  'docker.io',
  'openssl',
  'fonts-dejavu-core',
  'slapd',
  'ldap-utils',
  'postgresql',
  'xclip',
  ...KEYBOARD_PACKAGES,
];
/** The tests run slapd themselves: its package must neither create a directory on this machine nor start one. */
const ANSWERS = 'slapd slapd/no_configuration boolean true';
const REAL = { slots: true, secondTry: true };
const UNITS_AT_ONCE = Math.max(2, availableParallelism());
const CODE = /\.(ts|tsx|mjs)$/;
/** Reads the whole tree, so no import tells what affects it. */
const ARCHITECTURE = 'test/architecture.test.ts';

const { values, positionals: patterns } = parseArgs({
  // `--changed` alone is `--changed=`.
  args: process.argv.slice(2).map((word) => (word === '--changed' ? '--changed=' : word)),
  allowPositionals: true,
  options: { changed: { type: 'string' }, units: { type: 'boolean', default: false } },
});
const change = values.changed === undefined ? null : changeSince(ROOT, values.changed === '' ? null : values.changed);
const units = [...chosen(ARCHITECTURE), ...chosen('test/unit/**/*.test.ts')];
const integration = values.units ? [] : chosen('test/integration/**/*.test.ts');
const journeys = values.units ? [] : chosen('test/e2e/**/*.test.ts');

const progress = createProgress(process.stdout);
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => stop.abort());
const until = endOfRun(MINUTES);
const report = emptyReport();

let code = 1;
try {
  code = await run();
} catch (error) {
  // Set-up that was interrupted has nothing to add.
  if (!stop.signal.aborted) throw error;
  code = 130;
} finally {
  console.log(reportText(report));
}
process.exit(code);

/** The exit code. The first part that fails keeps the next ones from running. */
async function run(): Promise<number> {
  if (change !== null) say(change);
  const real = integration.length + journeys.length > 0;
  const ready = real ? timed('Set-up', prepare) : Promise.resolve();
  // Awaited below; until then a failure of it must not end the process.
  ready.catch(() => undefined);
  const codes = await Promise.all([
    timed('Types, lint, style', checks),
    timed('Units', () => tests(units, { atOnce: UNITS_AT_ONCE })),
  ]);
  const failed = codes.find((one) => one !== 0);
  if (failed !== undefined) stop.abort();
  await ready.catch((error: unknown) => {
    if (failed === undefined) throw error;
  });
  if (failed !== undefined) return failed;
  const { sideBySide, alone } = shared([...integration, ...journeys]);
  const together = await timed('Real parts, side by side', () =>
    tests(sideBySide, { atOnce: SLOTS, groupOf, ...REAL }),
  );
  if (together !== 0) return together;
  return await timed('Real parts, alone', () => tests(alone, { atOnce: 1, ...REAL }));
}

/** Test files by the patterns; of a change those that it can affect, the nearest first. */
function chosen(glob: string): string[] {
  const found = globSync(glob, { cwd: ROOT })
    .filter((path) => patterns.length === 0 || patterns.some((pattern) => path.includes(pattern)))
    .toSorted();
  if (change === null || change.everything) return found;
  const steps = (path: string): number => (path === ARCHITECTURE ? 0 : (change.steps.get(path) ?? Infinity));
  return found.filter((path) => steps(path) < Infinity).toSorted((a, b) => steps(a) - steps(b));
}

function say({ files, everything }: Change): void {
  const scope = everything
    ? 'everything, since the packages or the compiler’s options changed'
    : `${units.length} unit files`;
  progress.say(`${files.length} files changed: ${scope}, ${integration.length + journeys.length} files of real parts`);
}

async function checks(): Promise<number> {
  if (patterns.length > 0) return 0;
  const changed = change === null || change.everything ? null : change.files;
  const code = changed?.filter((path) => CODE.test(path));
  const touches = (...folders: string[]): boolean =>
    code === undefined || code.some((path) => folders.some((folder) => path.startsWith(folder)));
  const results = [
    touches('src/', 'test/', 'bin/', 'bench/', 'deploy/') ? await check('Types', 'tsc', ['-p', 'tsconfig.json']) : 0,
    touches('web/', 'src/protocol/', 'src/client/')
      ? await check('Types of the browser', 'tsc', ['-p', 'web/tsconfig.json'])
      : 0,
    touches('src/', 'test/', 'bench/')
      ? await check('Types of the journeys', 'tsc', ['-p', 'test/e2e/tsconfig.json'])
      : 0,
    touches('') ? await check('Lint', 'oxlint', ['--type-aware', '--deny-warnings', ...(code ?? [])]) : 0,
    await check('Style', 'oxfmt', ['--check', '--no-error-on-unmatched-pattern', ...(changed ?? ['.'])]),
  ];
  return results.find((one) => one !== 0) ?? 0;
}

/** Prints what the program says only when it fails: unit tests report meanwhile. */
async function check(name: string, program: string, args: readonly string[]): Promise<number> {
  let said = '';
  const print = (output: string): void => {
    said = output;
  };
  let exit = 0;
  await progress
    .step(name, async () => {
      exit = await runProgram(join(BIN, program), args, { root: ROOT, env: ENV, print });
      if (exit !== 0) throw new Error(said);
    })
    .catch(() => progress.say(said));
  return exit;
}

async function prepare(): Promise<void> {
  for (let number = 1; number <= SLOTS; number += 1) await preparePlaces(placesOf(number));
  const missing = await missingPackages(PACKAGES);
  if (missing.length > 0) {
    progress.say(`These Debian packages will be installed for the tests: ${missing.join(', ')}`);
    if (missing.includes('slapd')) await preseed(ANSWERS);
    await progress.step('Debian packages for tests', (detail) => installPackages(missing, detail));
  }
  const options = {
    root: ROOT,
    dataDir: FIRST.data,
    runDir: FIRST.run,
    baseImage: null,
    engineSocket: null,
    listen: null,
    // A server would build them in the background of the first test.
    images: ['files', 'sound', 'printer', 'video'],
  };
  const late = AbortSignal.timeout(until - Date.now());
  await setUp(options, progress, AbortSignal.any([stop.signal, late])).catch((cause: unknown) => {
    throw late.aborted ? new Error('set-up took longer than this run may (DESKPOD_TEST_MINUTES)', { cause }) : cause;
  });
}

/** Answers to the questions that Debian packages ask when they are installed. */
async function preseed(answers: string): Promise<void> {
  const child = spawn('debconf-set-selections', { stdio: ['pipe', 'inherit', 'inherit'] });
  child.stdin.end(`${answers}\n`);
  await once(child, 'exit');
}

async function tests(
  files: readonly string[],
  options: Pick<Files, 'atOnce' | 'slots' | 'groupOf' | 'secondTry'>,
): Promise<number> {
  return files.length === 0 ? 0 : await runFiles(files, { root: ROOT, env: ENV, until, report, ...options });
}

async function timed<T>(name: string, work: () => Promise<T>): Promise<T> {
  const since = performance.now();
  try {
    return await work();
  } finally {
    const ms = performance.now() - since;
    if (ms >= 100) report.phases.push({ name, ms });
  }
}
