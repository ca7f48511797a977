/**
 * `npm run test:kubernetes`: brings the images of this checkout into the cluster's registry, then runs the engine
 * contract, the installation and the documented walk on the cluster that `KUBECONFIG` names. `-- PATTERN…` runs only test
 * files whose path has one of these.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { openEngine } from '#setup/engine.ts';
import { pushImage } from '#setup/images/deliver.ts';
import { makeImages } from '#setup/images/images.ts';
import { installPackages, missingPackages } from '#setup/packages.ts';
import { createProgress } from '#setup/progress.ts';
import { bundleWeb } from '#setup/web-bundle.ts';
import { buildTestImage } from '../images/build.ts';
import { reasonToSkip, REGISTRY } from './cluster.ts';
import { refreshNode } from './refresh.ts';

const ROOT = resolve(import.meta.dirname, '../..');
/** The images of `npm test` are here already. */
const DATA = process.env['DESKPOD_TEST_DATA'] ?? '/var/lib/deskpod-test';
const RUN = process.env['DESKPOD_TEST_RUN'] ?? '/run/deskpod-test';
const PACKAGES = ['chromium', 'curl', 'fonts-dejavu-core', 'jq', 'openssl', 'shellcheck'];

const reason = reasonToSkip();
if (reason !== null) {
  console.log(`Skipped: ${reason}.`);
  process.exit(0);
}
const patterns = process.argv.slice(2);
const files = globSync('test/kubernetes/**/*.test.ts', { cwd: ROOT })
  .filter((path) => patterns.length === 0 || patterns.some((pattern) => path.includes(pattern)))
  .toSorted();
const progress = createProgress(process.stdout);
const places = { root: ROOT, dataDir: DATA, runDir: RUN, baseImage: null, engineSocket: null };
const never = new AbortController().signal;

const missing = await missingPackages(PACKAGES);
if (missing.length > 0) {
  await progress.step('Debian packages for tests', (detail) => installPackages(missing, detail));
}
await progress.step('Pages', async () => ((await bundleWeb(ROOT)) ? 'bundled' : 'up to date'));
await makeImages(places, { push: REGISTRY }, progress, never);
await pushTestImage('contract', 'published');
await pushTestImage('bare', 'bare');
await progress.step('Images on the node', () => refreshNode(never));
const child = spawn(process.execPath, ['--test', '--test-concurrency=1', ...files], {
  cwd: ROOT,
  stdio: 'inherit',
  env: { ...process.env, DESKPOD_TEST_DATA: DATA, DESKPOD_TEST_RUN: RUN, DESKPOD_TEST_REGISTRY: REGISTRY },
});
const [code] = await once(child, 'exit');
process.exit(typeof code === 'number' ? code : 1);

/** Images that no installation needs: `contract` is of the published kind. */
async function pushTestImage(folder: 'contract' | 'bare', name: string): Promise<void> {
  await using owned = new AsyncDisposableStack();
  const api = await openEngine(places, owned, progress);
  await progress.step(`Test image ${name}`, async (detail) => {
    const reference = `localhost/deskpod-test/${name}:1`;
    await buildTestImage(api, folder, reference, never);
    const image = {
      reference,
      name,
      folder: join(ROOT, 'test/images', folder),
      parents: [],
      source: '',
      labels: {},
      command: [],
    };
    await pushImage(api, image, { registry: REGISTRY, tag: '1', insecure: true, login: {} }, detail, never);
    return `${REGISTRY}/${name}:1`;
  });
}
