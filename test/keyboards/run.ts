/**
 * `npm run test:keyboards`: types every key of every layout into a real desktop, and writes docs/keyboards.md. Prints what was
 * wrong, and fails if anything was. `-- NAME…`: only these layouts; then nothing is written.
 */
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { installPackages, missingPackages } from '#setup/packages.ts';
import { createProgress } from '#setup/progress.ts';
import { setUp } from '#setup/setup.ts';
import { Person } from '../e2e/person.ts';
import { DATA, Product, RUN } from '../e2e/product.ts';
import { LAYOUTS } from './layouts.ts';
import { Listener } from './listener.ts';
import { KEYBOARD_PACKAGES } from './packages.ts';
import { pageOf } from './page.ts';
import type { LayoutResult, Results } from './results.ts';
import { type Outcome, Trials } from './trials.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const RESULTS = join(import.meta.dirname, 'results.json');
const PAGE = join(ROOT, 'docs/keyboards.md');

const { positionals } = parseArgs({ allowPositionals: true });
const unknown = positionals.filter((name) => !LAYOUTS.some((layout) => layout.name === name));
if (unknown.length > 0)
  throw new Error(`no layout ${unknown.join(', ')}. Layouts: ${LAYOUTS.map(({ name }) => name).join(', ')}`);
const progress = createProgress(process.stderr);
const places = { root: ROOT, dataDir: DATA, runDir: RUN, baseImage: null, engineSocket: null, listen: null };
await setUp(places, progress, new AbortController().signal);
const missing = await missingPackages([...KEYBOARD_PACKAGES, 'chromium']);
if (missing.length > 0) await progress.step('Debian packages', (detail) => installPackages(missing, detail));

await using product = await Product.start();
await using hermes = await Person.at(product);
await hermes.logIn('hermes', 'hermes');
await hermes.seesDesktop();
const trials = await Trials.with(await Listener.start(hermes, product.home('hermes', 'keys')));
let failures = 0;
const layouts: LayoutResult[] = [];
for (const layout of LAYOUTS)
  if (positionals.length === 0 || positionals.includes(layout.name))
    layouts.push(reported(layout.name, await trials.layout(layout)));
if (positionals.length === 0) await write();
await product.clear();
process.exitCode = failures > 0 ? 1 : 0;

async function write(): Promise<void> {
  const results: Results = {
    day: new Date().toISOString().slice(0, 10),
    versions: {
      Chromium: hermes.page.context().browser()?.version() ?? '',
      'xkb-data': await version('xkb-data'),
      'libx11-data': await version('libx11-data'),
    },
    layouts,
    behaviour: reported('behaviour', await trials.behaviour()),
    firefox: reported('Firefox', await trials.firefox()),
    webkit: reported('Safari', await trials.webkit()),
  };
  await writeFile(RESULTS, `${JSON.stringify(results, null, 2)}\n`);
  await writeFile(PAGE, pageOf(results));
}

async function version(debian: string): Promise<string> {
  return (await promisify(execFile)('dpkg-query', ['-W', '-f', '${Version}', debian])).stdout;
}

function reported<Result>(name: string, { result, wrong }: Outcome<Result>): Result {
  failures += wrong.length;
  console.log(`${wrong.length > 0 ? '✖' : '✓'} ${name}`);
  for (const { what, problem } of wrong) console.log(`    ${what}: ${problem}`);
  return result;
}
