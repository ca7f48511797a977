/**
 * `npm test`: sets up what the tests need in a data folder of their own, then types, lint, style, units, and last the
 * real parts: engines, API, browser journeys. `npm test -- PATTERN…` runs only test files whose path has one of these.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { installPackages, missingPackages } from '#setup/packages.ts';
import { createProgress } from '#setup/progress.ts';
import { setUp } from '#setup/setup.ts';

const ROOT = resolve(import.meta.dirname, '..');
const BIN = join(ROOT, 'node_modules/.bin');
/** Never the user's: images are kept in it between runs, everything else is thrown away. */
const DATA = process.env['DESKPOD_TEST_DATA'] ?? '/var/lib/deskpod-test';
const RUN = process.env['DESKPOD_TEST_RUN'] ?? '/run/deskpod-test';
/** Engines, browser and what they show. */
const PACKAGES = ['chromium', 'curl', 'docker.io', 'openssl', 'fonts-dejavu-core', 'slapd', 'ldap-utils', 'postgresql'];
/** The tests run slapd themselves: its package is not to make a directory on this machine, nor to start one. */
const ANSWERS = 'slapd slapd/no_configuration boolean true';

const patterns = process.argv.slice(2);
const chosen = (glob: string): string[] =>
  globSync(glob, { cwd: ROOT })
    .filter((path) => patterns.length === 0 || patterns.some((pattern) => path.includes(pattern)))
    .toSorted();
const units = [...chosen('test/architecture.test.ts'), ...chosen('test/unit/**/*.test.ts')];
const real = [...chosen('test/integration/**/*.test.ts'), ...chosen('test/e2e/**/*.test.ts')];
const progress = createProgress(process.stdout);

if (patterns.length === 0) {
  await check('Types', 'tsc', ['-p', 'tsconfig.json']);
  await check('Types of the browser', 'tsc', ['-p', 'web/tsconfig.json']);
  await check('Types of the journeys', 'tsc', ['-p', 'test/e2e/tsconfig.json']);
  await check('Lint', 'oxlint', ['--type-aware', '--deny-warnings']);
  await check('Style', 'oxfmt', ['--check', '.']);
}
if (units.length > 0) await tests(units);
if (real.length > 0) {
  const missing = await missingPackages(PACKAGES);
  if (missing.length > 0) {
    progress.say(`These Debian packages will be installed for the tests: ${missing.join(', ')}`);
    if (missing.includes('slapd')) await preseed(ANSWERS);
    await progress.step('Debian packages for tests', (detail) => installPackages(missing, detail));
  }
  const places = { root: ROOT, dataDir: DATA, runDir: RUN, baseImage: null, engineSocket: null, listen: null };
  await setUp(places, progress, new AbortController().signal);
  // One at a time: each owns the data folder while it runs, and the machine has few processors.
  await tests(real, ['--test-concurrency=1']);
}

/** What Debian packages ask for when they are installed. */
async function preseed(answers: string): Promise<void> {
  const child = spawn('debconf-set-selections', { stdio: ['pipe', 'inherit', 'inherit'] });
  child.stdin.end(`${answers}\n`);
  await once(child, 'exit');
}

async function check(name: string, program: string, args: readonly string[]): Promise<void> {
  await progress.step(name, () => run(join(BIN, program), args));
}

async function tests(files: readonly string[], options: readonly string[] = []): Promise<void> {
  await run(process.execPath, ['--test', ...options, ...files]);
}

/** Ends the whole run, with its exit code, when a part fails. */
async function run(program: string, args: readonly string[]): Promise<void> {
  const env = { ...process.env, DESKPOD_TEST_DATA: DATA, DESKPOD_TEST_RUN: RUN };
  const child = spawn(program, args, { cwd: ROOT, stdio: 'inherit', env });
  const [code] = await once(child, 'exit');
  if (code !== 0) process.exit(typeof code === 'number' ? code : 1);
}
