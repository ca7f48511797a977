/**
 * What the images of the server and of the speed test are made from, put together from the checkout: Node and the packages that run, taken as they
 * are installed here, so nothing is fetched; and the program on top, so that a change of it is built within seconds.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import type { PreparedImage } from '#containers-client/images/plan.ts';
import { ignore } from '#protocol/ignore.ts';
import { PackageLock, type LockedPackage } from '../sbom/lock.ts';
import { browserPackages, npmParts } from '../sbom/npm.ts';
import { bundleWeb } from '../web-bundle.ts';

/** What of the checkout runs, below the repository. */
const PROGRAM = ['package.json', 'src', 'web/dist', 'catalogue'];
/** Types, maps and words for developers: half of what packages weigh. Licences stay. */
const NOT_RUN = /\.(d\.)?[cm]?ts$|\.map$|\.flow$|\.md$/i;
/** Folders at the top of packages that are for developers, or for runtimes other than Node. */
const NOT_RUN_FOLDERS = /^(examples?|docs?|tests?|bench(marks?)?|prebuilds|\.github)$/;
/** The Node of package-lock.json for this machine. */
const NODE_PACKAGE = `node_modules/node-${process.platform}-${process.arch}`;
/** Raised when other files are taken from the same packages. */
const RECIPE = 2;

/** What the page of the speed test needs, below `web/dist`. */
const SPEEDTEST = ['speedtest', 'assets'];

/** These images, by name; `folder` is where they are put together. Bundles the browser code first. */
export async function serverImages(root: string, folder: string): Promise<Readonly<Record<string, PreparedImage>>> {
  await bundleWeb(root);
  const lock = await PackageLock.read(root);
  const packages = packagesThatRun(root, lock);
  const bundled = npmParts(await browserPackages(root, lock), lock);
  const program = PROGRAM.map((part) => join(root, part));
  const pages = SPEEDTEST.map((part) => join(root, 'web/dist', part));
  return {
    'server-packages': {
      source: createHash('sha256')
        .update(`${RECIPE} ${process.arch}\n${packages.map(({ path, version }) => `${path} ${version}`).join('\n')}`)
        .digest('hex'),
      parts: npmParts(packages, lock),
      prepare: (recipe) => together(join(folder, 'packages'), recipe, (place) => copyPackages(root, place, packages)),
    },
    server: {
      source: await hashOf(root, program),
      parts: bundled,
      prepare: (recipe) =>
        together(join(folder, 'program'), recipe, async (place) => {
          for (const part of program) await cp(part, join(place, 'program', relative(root, part)), { recursive: true });
        }),
    },
    speedtest: {
      source: await hashOf(root, pages),
      parts: bundled,
      prepare: (recipe) =>
        together(join(folder, 'speedtest'), recipe, async (place) => {
          for (const page of pages) await cp(page, join(place, 'web', basename(page)), { recursive: true });
        }),
    },
  };
}

/** Replaces the folder: the recipe's files, and what `fill` adds. */
async function together(place: string, recipe: string, fill: (place: string) => Promise<void>): Promise<string> {
  await rm(place, { recursive: true, force: true });
  await cp(recipe, place, { recursive: true });
  await fill(place);
  return place;
}

async function hashOf(root: string, parts: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const part of parts) {
    for (const path of await filesBelow(part)) hash.update(`${relative(root, path)}\0`).update(await readFile(path));
  }
  return hash.digest('hex');
}

/** The packages that are there and not for developers alone, with Node itself. */
function packagesThatRun(root: string, lock: PackageLock): readonly LockedPackage[] {
  return lock.packages.filter(({ path, dev }) => !dev && existsSync(join(root, path)));
}

async function copyPackages(root: string, place: string, packages: readonly LockedPackage[]): Promise<void> {
  for (const { path } of packages) {
    if (path === NODE_PACKAGE) continue;
    await mkdir(dirname(join(place, path)), { recursive: true });
    const from = join(root, path);
    const filter = (file: string): boolean => {
      const inside = relative(from, file);
      // Packages within packages have lines of their own.
      return inside !== 'node_modules' && !NOT_RUN_FOLDERS.test(inside) && !NOT_RUN.test(inside);
    };
    await cp(from, join(place, path), { recursive: true, filter });
  }
  await cp(join(root, NODE_PACKAGE, 'bin/node'), join(place, 'node'));
}

async function filesBelow(path: string): Promise<string[]> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true }).catch(ignore('it is a file', null));
  if (entries === null) return [path];
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
