/** npm packages as parts of an SBOM: all that the checkout has, and those in the images of the server. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  bomOf,
  type Bom,
  licenseOf,
  OURSELVES,
  type Component,
  type Part,
  purl,
} from '#containers-client/sbom/cyclonedx.ts';
import packageJson from '../../../package.json' with { type: 'json' };
import { PackageLock, type LockedPackage } from './lock.ts';

/** The SBOM of the server as it runs from the checkout, with the tools that build and test it. */
export async function serverBom(root: string): Promise<Bom> {
  const lock = await PackageLock.read(root);
  const browser = new Set((await browserPackages(root, lock)).map(({ path }) => path));
  const parts = lock.packages.map((one) => {
    const tool = one.dev && !browser.has(one.path);
    return partOf(one, lock, tool ? 'excluded' : one.optional ? 'optional' : undefined);
  });
  const component = {
    type: 'application',
    'bom-ref': OURSELVES.name,
    ...OURSELVES,
    licenses: [licenseOf(packageJson.license)],
    purl: purl('npm', [OURSELVES.name], OURSELVES.version),
  } as const;
  return bomOf({ component, dependsOn: lock.dependenciesOf('').map(({ path }) => path), builtAt: null }, parts);
}

/** Of packages that are in an image: these alone, and all of them required. */
export function npmParts(packages: readonly LockedPackage[], lock: PackageLock): readonly Part[] {
  const there = new Set(packages.map(({ path }) => path));
  return packages.map((one) => {
    const { component, dependsOn } = partOf(one, lock, undefined);
    return { component, dependsOn: dependsOn.filter((path) => there.has(path)) };
  });
}

/** What is bundled for the browser: what the code of the pages imports, with everything that this needs. */
export async function browserPackages(root: string, lock: PackageLock): Promise<readonly LockedPackage[]> {
  const names = new Set<string>();
  for (const part of ['web', 'src/client', 'src/protocol']) {
    for (const entry of await readdir(join(root, part), { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      if (!entry.isFile() || !/\.tsx?$/.test(path) || /\/(dist|node_modules)\/|vite\.config\.ts$/.test(path)) continue;
      for (const [, name = ''] of (await readFile(path, 'utf8')).matchAll(IMPORTED)) names.add(name);
    }
  }
  return lock.closure([...names].flatMap((name) => lock.find('', name)?.path ?? []));
}

/** The package of an import that isn't relative and isn't one of ours (`#protocol/…`). */
const IMPORTED = /(?:\bfrom |\bimport |\bimport\()'((?:@[\w.-]+\/)?[a-z][\w.-]*)(?:\/[^']*)?'/g;

function partOf(one: LockedPackage, lock: PackageLock, scope: Component['scope']): Part {
  const { path, name, version, license, integrity } = one;
  const component: Component = {
    type: 'library',
    'bom-ref': path,
    name,
    version,
    ...(scope === undefined ? {} : { scope }),
    ...(integrity === undefined ? {} : { hashes: integrity.split(' ').map(hashOf) }),
    ...(license === undefined ? {} : { licenses: [licenseOf(license)] }),
    // Node comes as an npm package; advisories know it by this name.
    ...(name.startsWith('node-linux-') ? { cpe: `cpe:2.3:a:nodejs:node.js:${version}:*:*:*:*:*:*:*` } : {}),
    purl: purl('npm', name.split('/'), version),
  };
  return { component, dependsOn: lock.dependenciesOf(path).map((needed) => needed.path) };
}

/** `sha512-BASE64` as in package-lock.json. */
function hashOf(integrity: string): { alg: string; content: string } {
  const [algorithm = '', base64 = ''] = integrity.split('-');
  return { alg: algorithm.replace(/^sha/, 'SHA-'), content: Buffer.from(base64, 'base64').toString('hex') };
}
