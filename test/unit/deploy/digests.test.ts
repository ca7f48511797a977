/** From the file of digests to pods: the chart, install.sh and the server pin images by it. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, suite, test } from 'node:test';
import { loadConfig } from '#config/load.ts';
import { clusterConfig } from '#config/engine.ts';
import { clusterImage } from '#config/own-image.ts';
import { digestValues, writeDigests } from '#setup/images/digests.ts';
import { parse } from 'yaml';
import { needsLinux } from '../../fixtures/machine.ts';

const DEPLOY = resolve(import.meta.dirname, '../../../deploy');
const REGISTRY = 'registry.example:5000/deskpod';
const digestOf = (digit: string): string => `sha256:${digit.repeat(64)}`;
const PUSHED = {
  registry: REGISTRY,
  tag: '7',
  digests: new Map([
    ['server', digestOf('c')],
    ['desktop', digestOf('a')],
    ['2048-alpine.d', digestOf('b')],
  ]),
};

const folder = mkdtempSync(join(tmpdir(), 'deskpod-digests-'));
after(() => rmSync(folder, { recursive: true }));
const file = join(folder, 'digests.yaml');
writeFileSync(file, digestValues(PUSHED));

/** Image references in a manifest, and the variables of the api that say which images it uses. */
function usedIn(manifests: string) {
  const images = [...manifests.matchAll(/\bimage: "?([^\s"]+)/g)].map(([, image = '']) => image);
  return { images: new Set(images), digests: /DESKPOD_DIGESTS, value: "(.*)" \}/.exec(manifests)?.[1] };
}

async function serverImages(env: Readonly<Record<string, string>>) {
  const { config } = await loadConfig({ env: { DESKPOD_ENGINE: 'kubernetes', DESKPOD_REGISTRY: REGISTRY, ...env } });
  return { config, images: clusterConfig(config)?.images ?? assert.fail('not for a cluster') };
}

test('the file has the registry, the tag and the digests, sorted by name, as values of the chart', () => {
  assert.deepEqual(parse(digestValues(PUSHED)), {
    image: { registry: REGISTRY, tag: '7', digests: Object.fromEntries(PUSHED.digests) },
  });
  assert.match(digestValues(PUSHED), /2048-alpine\.d: .*\n {4}desktop: .*\n {4}server: /);
});

test('a file that cannot be written is named, and the images stay pushed', async () => {
  await assert.rejects(writeDigests(join(folder, 'missing/digests.yaml'), PUSHED), /images were pushed, but .*missing/);
});

test('the server uses digests for the images that have one, and the tag for others', async () => {
  const { config, images } = await serverImages({
    DESKPOD_TAG: '7',
    DESKPOD_DIGESTS: `desktop@${digestOf('a')},toolbox@${digestOf('d')}`,
  });
  assert.equal(config.desktop.image, `${REGISTRY}/desktop@${digestOf('a')}`);
  assert.deepEqual(config.debug.images, [`${REGISTRY}/toolbox@${digestOf('d')}`, `${REGISTRY}/toolbox-large:7`]);
  assert.equal(clusterImage(images, 'files'), `${REGISTRY}/files:7`);
  await assert.rejects(serverImages({ DESKPOD_DIGESTS: 'desktop@latest' }), /DESKPOD_DIGESTS/);
});

suite('the chart', needsLinux('helm'), () => {
  const render = (...options: readonly string[]): string => {
    const args = ['template', 'deskpod', join(DEPLOY, 'kubernetes/chart'), ...options];
    const { status, stdout, stderr } = spawnSync('helm', args, { encoding: 'utf8', timeout: 60_000 });
    assert.equal(status, 0, stderr);
    return stdout;
  };

  test('pins what the file names, and tells the api, which pins desktops', async () => {
    const { images, digests } = usedIn(render('-f', file));
    assert.ok(images.has(`${REGISTRY}/server@${digestOf('c')}`));
    assert.ok(images.has(`${REGISTRY}/postgres:7`));
    const { config } = await serverImages({ DESKPOD_DIGESTS: digests ?? '' });
    assert.equal(config.desktop.image, `${REGISTRY}/desktop@${digestOf('a')}`);
  });

  test('uses tags without it', () => {
    const { images, digests } = usedIn(render());
    assert.ok(images.has('localhost/deskpod/server:1'));
    assert.equal(digests, undefined);
  });
});

suite('install.sh', needsLinux('bash'), () => {
  /** The kustomization that it makes, with these values of its variables. */
  const render = (variables: string) => {
    const script = `set -euo pipefail
      NAMESPACE=abcdesktop PODS_NAMESPACE=abcdesktop NODE_PORT=30443 REGISTRY='' TAG='' DIGESTS='' PULL=IfNotPresent SMALL=no NODE_PATH='' HOMES=none
      PRODUCTION=no LIMITS=no CLUSTER_WIDE=yes OPENLDAP=yes CLAIMED=no CLAIM=postgres STORAGE_CLASS='' WORK=$(mktemp -d)
      trap 'rm -rf "$WORK"' EXIT
      k() { cat "$2/kustomization.yaml"; }
      stop() { printf '%s\\n' "$@" >&2; exit 1; }
      fetch() { cp "kubernetes/$1" "$WORK/$1"; }
      ${variables}
      . kubernetes/namespaces.sh
      . kubernetes/render.sh
      render
      cat "$WORK/all.yaml"`;
    return spawnSync('bash', ['-c', script], { cwd: DEPLOY, encoding: 'utf8', timeout: 60_000 });
  };
  const entry = (name: string, registry: string, version: string): string =>
    `  - { name: localhost/deskpod/${name}, newName: "${registry}/${name}", ${version} }\n`;

  test('pins what the file names, with its registry and tag, and tells the api', async () => {
    const { status, stdout, stderr } = render(`DIGESTS=${file}`);
    assert.equal(status, 0, stderr);
    assert.ok(stdout.includes(entry('server', REGISTRY, `digest: "${digestOf('c')}"`)), stdout);
    assert.ok(stdout.includes(entry('postgres', REGISTRY, 'newTag: "7"')));
    const { config } = await serverImages({ DESKPOD_DIGESTS: usedIn(stdout).digests ?? '' });
    assert.equal(config.desktop.image, `${REGISTRY}/desktop@${digestOf('a')}`);
  });

  test('takes the registry of an option, for a copy of the images elsewhere', () => {
    const { stdout } = render(`DIGESTS=${file} REGISTRY=mirror.example/deskpod`);
    assert.ok(stdout.includes(entry('server', 'mirror.example/deskpod', `digest: "${digestOf('c')}"`)), stdout);
  });

  test('uses tags without a file, and refuses one that has no digests', () => {
    const { stdout } = render('');
    assert.ok(stdout.includes(entry('server', 'localhost/deskpod', 'newTag: "1"')));
    assert.equal(usedIn(stdout).digests, undefined);
    const { status, stderr } = render('DIGESTS=/dev/null');
    assert.equal(status, 1);
    assert.match(stderr, /\/dev\/null has no digests[^]*npm run images -- --push/);
  });
});
