/**
 * What the image of the server is made from: Node, the packages that run needs and the program, put together in a folder
 * from the checkout. Packages are taken as they are installed here, so nothing is fetched.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { z } from 'zod';
import type { PreparedImage } from '#engines/containers/images/plan.ts';
import { bundleWeb } from '../web-bundle.ts';

/** What of the checkout runs, below the repository. */
const PROGRAM = ['package.json', 'src', 'web/dist', 'catalogue'];
/** Types, maps and words for developers: half of what packages weigh. Licences stay. */
const NOT_RUN = /\.(d\.)?[cm]?ts$|\.map$|\.flow$|\.md$/i;
/** Folders at the top of packages that are for developers, or for runtimes other than Node. */
const NOT_RUN_FOLDERS = /^(examples?|docs?|tests?|bench(marks?)?|prebuilds|\.github)$/;
/** Raised when other files are taken from the same packages. */
const RECIPE = 2;

const Lock = z.looseObject({
  packages: z.record(z.string(), z.looseObject({ dev: z.boolean().optional(), version: z.string().optional() })),
});

/** `folder` is where it is put together; the recipe is `images/server` of the checkout. Bundles the browser code first. */
export async function serverImage(root: string, folder: string): Promise<PreparedImage> {
  await bundleWeb(root);
  const packages = await packagesThatRun(root);
  const modules = createHash('sha256')
    .update(`${RECIPE} ${process.arch}\n${packages.join('\n')}`)
    .digest('hex');
  const program = createHash('sha256').update(modules);
  for (const part of PROGRAM) {
    for (const path of await filesBelow(join(root, part))) {
      program.update(`${relative(root, path)}\0`).update(await readFile(path));
    }
  }
  return {
    source: program.digest('hex'),
    prepare: async (recipe) => {
      await mkdir(folder, { recursive: true });
      if ((await readFile(join(folder, 'modules'), 'utf8').catch(() => '')) !== modules) {
        await copyModules(root, folder, packages);
        await writeFile(join(folder, 'modules'), modules);
      }
      await rm(join(folder, 'program'), { recursive: true, force: true });
      for (const part of PROGRAM) await cp(join(root, part), join(folder, 'program', part), { recursive: true });
      await cp(recipe, folder, { recursive: true, force: true });
      return folder;
    },
  };
}

/** `path version` of each package that is there and not for developers alone, with Node itself. */
async function packagesThatRun(root: string): Promise<string[]> {
  const lock = Lock.parse(JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')));
  return Object.entries(lock.packages)
    .filter(([path, { dev }]) => path !== '' && (dev !== true || path === 'node_modules/node'))
    .filter(([path]) => existsSync(join(root, path)))
    .map(([path, { version = '' }]) => `${path} ${version}`);
}

async function copyModules(root: string, folder: string, packages: readonly string[]): Promise<void> {
  await rm(join(folder, 'modules'), { force: true });
  await rm(join(folder, 'node_modules'), { recursive: true, force: true });
  for (const entry of packages) {
    const path = entry.slice(0, entry.lastIndexOf(' '));
    if (path === 'node_modules/node') continue;
    await mkdir(dirname(join(folder, path)), { recursive: true });
    const from = join(root, path);
    const filter = (file: string): boolean => {
      const inside = relative(from, file);
      // Packages within packages have lines of their own.
      return inside !== 'node_modules' && !NOT_RUN_FOLDERS.test(inside) && !NOT_RUN.test(inside);
    };
    await cp(from, join(folder, path), { recursive: true, filter });
  }
  await cp(join(root, 'node_modules/node/bin/node'), join(folder, 'node'));
}

async function filesBelow(path: string): Promise<string[]> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true }).catch(() => null);
  if (entries === null) return [path];
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
