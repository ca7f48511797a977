/** The npm packages of package-lock.json, and how one finds another: as Node does. Pure but for reading the file. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const Names = z.record(z.string(), z.string()).default({});
const Package = z.looseObject({
  version: z.string().default(''),
  license: z.string().optional(),
  integrity: z.string().optional(),
  dev: z.boolean().default(false),
  optional: z.boolean().default(false),
  dependencies: Names,
  devDependencies: Names,
  optionalDependencies: Names,
  peerDependencies: Names,
});
const Lock = z.looseObject({ packages: z.record(z.string(), Package) });

export interface LockedPackage extends z.infer<typeof Package> {
  /** `node_modules/zod`; empty for the project itself. */
  readonly path: string;
  /** `@fastify/static` */
  readonly name: string;
}

export class PackageLock {
  readonly #packages: ReadonlyMap<string, LockedPackage>;

  constructor(content: unknown) {
    const entries = Object.entries(Lock.parse(content).packages);
    this.#packages = new Map(entries.map(([path, one]) => [path, { ...one, path, name: nameOf(path) }]));
  }

  static async read(root: string): Promise<PackageLock> {
    return new PackageLock(JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')));
  }

  /** Without the project itself. */
  get packages(): readonly LockedPackage[] {
    return [...this.#packages.values()].filter(({ path }) => path !== '');
  }

  /** What `path` imports by this name; undefined for an optional package that isn't locked. */
  find(path: string, name: string): LockedPackage | undefined {
    for (let folder = path; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('node_modules/') - 1))) {
      const found = this.#packages.get(`${folder === '' ? '' : `${folder}/`}node_modules/${name}`);
      if (found !== undefined || folder === '') return found;
    }
  }

  /** What a package needs, of those that are locked; the project also needs its tools. */
  dependenciesOf(path: string): readonly LockedPackage[] {
    const one = this.#packages.get(path);
    if (one === undefined) return [];
    const groups = [one.dependencies, one.devDependencies, one.optionalDependencies, one.peerDependencies];
    return groups.flatMap((group) => Object.keys(group)).flatMap((name) => this.find(path, name) ?? []);
  }

  /** These packages and everything that they need. */
  closure(paths: readonly string[]): readonly LockedPackage[] {
    const reached = new Map<string, LockedPackage>();
    const visit = (path: string): void => {
      const one = this.#packages.get(path);
      if (one === undefined || reached.has(path)) return;
      reached.set(path, one);
      for (const dependency of this.dependenciesOf(path)) visit(dependency.path);
    };
    for (const path of paths) visit(path);
    return [...reached.values()];
  }
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
}
