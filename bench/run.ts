/**
 * `npm run bench`: how long people wait, beside the same thing done with the engine's own command line in the same run,
 * turn by turn; how long others wait while one user is greedy; sound, typing beside uploads, and the bytes of the picture. Ratios and medians; a number
 * alone says little on a busy machine. `-- --only PART` (one of {@link RUNS}, several times for several), `--runs N`, `--json FILE`
 * (`-`: standard output), `--long` (ten minutes of a tone instead of one). `--only screen` isn't among the others: it installs what it is
 * beside, takes `--quick` (compares with what is recorded) and `--record`. With `DESKPOD_TEST_ENGINE=kubernetes`, `--only neighbours`
 * is about the cluster of `KUBECONFIG`.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createProgress } from '#setup/progress.ts';
import { setUp } from '#setup/setup.ts';
import { DATA, ENGINE, Product, RUN } from '../test/e2e/product.ts';
import { reasonToSkip } from '../test/kubernetes/cluster.ts';
import { browserPart, screenPart } from './browser-part.ts';
import { debug } from './debug.ts';
import { inTheCluster, onThisMachine } from './debug-stages.ts';
import { desktops } from './desktops.ts';
import { files } from './files.ts';
import { framer } from './framer.ts';
import { launches } from './launches.ts';
import { neighbours } from './neighbours.ts';
import { picture } from './picture.ts';
import { print } from './print.ts';
import { compare, reasonNotToCompare, record } from './screen/outcome.ts';
import type { Results } from './screen/results.ts';
import { printTable } from './screen/table.ts';
import { report, type Row, type Skipped } from './report.ts';
import { loggedIn, type Stage, versionOf } from './stage.ts';

const ROOT = new URL('..', import.meta.url).pathname;
/** How often each part measures. */
const RUNS = {
  desktops: 7,
  launches: 7,
  debug: 20,
  neighbours: 60,
  files: 7,
  print: 6,
  sound: 60,
  typing: 80,
  framer: 7,
  picture: 3,
  screen: 5,
} as const;
const FEWEST = 3;
/** Those that we are beside, and that are not Debian's. */
const PROGRAMS = join(DATA, 'bench');
type Part = keyof typeof RUNS;

const { values } = parseArgs({
  options: {
    runs: { type: 'string' },
    json: { type: 'string' },
    only: { type: 'string', multiple: true },
    long: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    record: { type: 'boolean', default: false },
  },
});
const parts = chosen(values.only);
const runsOf = (part: Part): number => Math.max(FEWEST, Number(values.runs ?? RUNS[part]));
const progress = createProgress(process.stderr);
if (ENGINE === 'kubernetes' && [...parts].join() !== 'neighbours') {
  console.error('bench: on a cluster, only --only neighbours; --only debug measures both by itself');
  process.exit(2);
}
const nothingToCompare = values.quick && parts.has('screen') ? reasonNotToCompare(ROOT, PROGRAMS) : null;
if (nothingToCompare !== null) {
  console.error(`bench: skipped, ${nothingToCompare}`);
  process.exit(0);
}
const rows: (Row | Skipped)[] = [];
let screen: Results | null = null;
const versions: Record<string, string> = { podman: await versionOf('podman', '--version') };

const places = { root: ROOT, dataDir: DATA, runDir: RUN, baseImage: null, engineSocket: null, listen: null };
await setUp(places, progress, new AbortController().signal);
if (parts.has('framer')) rows.push(...framer(runsOf('framer')));
// Before the product uses the images itself.
if (parts.has('files')) rows.push(...(await files(runsOf('files'))));
if ([...parts].some((part) => part !== 'files' && part !== 'framer')) {
  await using product = await Product.start();
  const stage = await loggedIn(product);
  try {
    if (parts.has('desktops')) rows.push(...(await desktops(stage, runsOf('desktops'))));
    if (parts.has('launches')) rows.push(...(await launches(stage, runsOf('launches'))));
    if (parts.has('debug')) rows.push(...(await debug(await onThisMachine(stage), runsOf('debug'))));
    if (parts.has('print')) rows.push(...(await print(stage, runsOf('print'))));
    for (const name of ['sound', 'typing'] as const) {
      if (!parts.has(name)) continue;
      const measure = await browserPart(name);
      rows.push(...(await measure(stage, { runs: runsOf(name), isLong: values.long })));
    }
    if (parts.has('picture')) rows.push(...(await picture(stage, runsOf('picture'))));
    if (parts.has('screen') && values.quick) await compare(ROOT, () => measureScreen(stage));
    else if (parts.has('screen')) screen = await measureScreen(stage);
    if (parts.has('neighbours')) rows.push(...(await neighbours(stage, runsOf('neighbours'))));
  } finally {
    await stage.client.session.logout();
  }
}
if (parts.has('debug')) rows.push(...(await clusterRows()));
await report({ rows, versions, screen }, values.json);
if (screen && values.json !== '-') printTable(screen);
if (screen && values.record) await record(ROOT, screen);

async function measureScreen(stage: Stage): Promise<Results> {
  const measure = await screenPart();
  return await measure(stage, {
    runs: Math.max(1, Number(values.runs ?? RUNS.screen)),
    isQuick: values.quick,
    folder: PROGRAMS,
    log: (line) => console.error(line),
  });
}

async function clusterRows(): Promise<(Row | Skipped)[]> {
  const skipped = reasonToSkip();
  if (skipped !== null) return [{ what: 'toolboxes beside kubectl debug', skipped }];
  versions['kubectl'] = await versionOf('kubectl', 'version');
  await using owned = new AsyncDisposableStack();
  return await debug(await inTheCluster(owned, progress), runsOf('debug'));
}

function chosen(only: readonly string[] | undefined): ReadonlySet<Part> {
  const all = new Set<Part>([
    'desktops',
    'launches',
    'debug',
    'neighbours',
    'files',
    'print',
    'sound',
    'typing',
    'framer',
    'picture',
    'screen',
  ]);
  // It takes most of an hour, and installs programs.
  if (only === undefined) return new Set([...all].filter((part) => part !== 'screen'));
  const wanted = new Set([...all].filter((part) => only.includes(part)));
  if (wanted.size === only.length) return wanted;
  console.error(`bench: --only takes ${[...all].join(', ')}; given: ${only.join(', ')}`);
  return process.exit(2);
}
