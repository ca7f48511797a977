/**
 * `npm run test:kubernetes`: pushes the images of this checkout to the registry of the cluster of `KUBECONFIG`, then
 * runs the engine contract, the installation, the documented walk and the journeys of `test/e2e` there, except those
 * that `journeys.ts` names. `-- PATTERN…` runs only test files whose path contains one of these patterns.
 */
import { globSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { openEngine } from '#setup/engine.ts';
import { pushImage } from '#setup/images/deliver.ts';
import { makeImages } from '#setup/images/images.ts';
import { installPackages, missingPackages } from '#setup/packages.ts';
import { createProgress } from '#setup/progress.ts';
import { bundleWeb } from '#setup/web-bundle.ts';
import { buildTestImage, type TestImage } from '../images/build.ts';
import { OTHERS, reasonToSkip, REGISTRY } from './cluster.ts';
import { journeysOf } from './journeys.ts';
import { refreshNode } from './refresh.ts';
import { runFiles } from '../runner/files.ts';
import { environmentOf, placesOf } from '../runner/places.ts';
import { emptyReport, reportText } from '../runner/report.ts';
import { endOfRun } from '../runner/time-limits.ts';

const ROOT = resolve(import.meta.dirname, '../..');
/** It already has the images of `npm test`. */
const PLACES = placesOf(1);
const PACKAGES = ['chromium', 'curl', 'fonts-dejavu-core', 'jq', 'openssl', 'shellcheck'];

/** The images that tests use: building and pushing the other apps takes minutes on a machine without images. */
const DESKTOP = 'desktop files sound printer video toolbox toolbox-large'.split(' ');
const SERVER = 'server postgres openldap speedtest'.split(' ');
const APPS = 'terminal text-editor 2048-gtk 2048-qt shm-demo'.split(' ');
/** Files and journeys run side by side, each in a namespace of its own. */
const AT_ONCE = 3;
/** How long a run may take in all; more than twice what it takes on two cores. */
const MINUTES = 45;
/**
 * These make a storage class the default of the cluster, need a cluster without one, or install into `abcdesktop`: one of
 * them runs at a time. The longest first.
 */
const DEFAULT_CLASS = ['kubernetes/homes', 'kubernetes/walk', 'kubernetes/install-checks', 'kubernetes/walk-keys'];
/** The longest, which run first. */
const LONGEST = [
  'kubernetes/homes',
  'kubernetes/engine-launches',
  'kubernetes/install',
  'kubernetes/walk',
  'kubernetes/install-checks',
  'kubernetes/walk-keys',
  'kubernetes/engine-region',
  'kubernetes/engine-debug',
  'kubernetes/install-chart',
  'kubernetes/engine-desktops',
  'kubernetes/engine-commands',
  'kubernetes/engine-inside',
];
/** These end parts of the cluster, or move so much data that others would time out. */
const ALONE = ['kubernetes/faults', 'e2e/streams', 'e2e/web-shell'];

const reason = reasonToSkip();
if (reason !== null) {
  console.log(`Skipped: ${reason}.`);
  process.exit(0);
}
const until = endOfRun(MINUTES);
const since = performance.now();
const patterns = process.argv.slice(2);
const chosen = (paths: readonly string[]): string[] =>
  paths.filter((path) => patterns.length === 0 || patterns.some((pattern) => path.includes(pattern)));
const { onCluster, here } = journeysOf(globSync('test/e2e/*.test.ts', { cwd: ROOT }).toSorted());
const pathOf = (name: string): string => `test/${name}.test.ts`;
const [longest, alone, defaultClass] = [LONGEST.map(pathOf), ALONE.map(pathOf), DEFAULT_CLASS.map(pathOf)];
const others = [...globSync('test/kubernetes/*.test.ts', { cwd: ROOT }).toSorted(), ...onCluster];
const sideBySide = [...longest, ...others.filter((path) => !longest.includes(path) && !alone.includes(path))];
const progress = createProgress(process.stdout);
const places = { root: ROOT, dataDir: PLACES.data, runDir: PLACES.run, baseImage: null, engineSocket: null };
/** Set-up that takes longer than the whole run may ends with an error, too. */
const inTime = AbortSignal.timeout(until - Date.now());

const missing = await missingPackages(PACKAGES);
if (missing.length > 0) {
  await progress.step('Debian packages for tests', (detail) => installPackages(missing, detail));
}
await progress.step('Pages', async () => ((await bundleWeb(ROOT)) ? 'bundled' : 'up to date'));
await makeImages(places, { push: REGISTRY, only: [...DESKTOP, ...SERVER, ...APPS] }, progress, inTime);
await pushTestImage('contract', 'published');
await pushTestImage('bare', 'bare');
await pushTestImage('elsewhere', 'elsewhere', OTHERS);
await progress.step('Images on the node', () => refreshNode(inTime));
const env = {
  ...process.env,
  ...environmentOf(PLACES),
  DESKPOD_TEST_REGISTRY: REGISTRY,
  DESKPOD_TEST_ENGINE: 'kubernetes',
};
const report = emptyReport();
report.phases.push({ name: 'Set-up', ms: performance.now() - since });
const codes = [await run('Side by side', chosen(sideBySide), AT_ONCE), await run('Alone', chosen(alone), 1)];
if (chosen(onCluster).length > 0) {
  const reasons = Object.entries(here).map(([name, why]) => `  ${name}: ${why}`);
  console.log(`\nJourneys that run on one machine only:\n${reasons.join('\n')}`);
}
console.log(reportText(report));
process.exit(Math.max(...codes));

async function run(name: string, paths: readonly string[], atOnce: number): Promise<number> {
  if (paths.length === 0) return 0;
  const since = performance.now();
  const groupOf = (path: string): string | null => (defaultClass.includes(path) ? 'default storage class' : null);
  const code = await runFiles(paths, { root: ROOT, env, atOnce, until, groupOf, secondTry: true, report });
  report.phases.push({ name, ms: performance.now() - since });
  return code;
}

/** Images that only tests use: `contract` follows the contract of published apps. */
async function pushTestImage(folder: TestImage, name: string, registry = REGISTRY): Promise<void> {
  await using owned = new AsyncDisposableStack();
  const api = await openEngine(places, owned, progress);
  await progress.step(`Test image ${name}`, async (detail) => {
    const reference = `localhost/deskpod-test/${name}:1`;
    await buildTestImage(api, folder, reference, inTime);
    const image = {
      reference,
      name,
      folder: join(ROOT, 'test/images', folder),
      parents: [],
      source: '',
      labels: {},
      command: [],
      args: {},
    };
    await pushImage(api, image, { registry, tag: '1', insecure: true, login: {} }, detail, inTime);
    return `${registry}/${name}:1`;
  });
}
