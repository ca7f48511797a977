/**
 * What there is to build and in which order: every folder under `images/` with a Containerfile is one image, its FROM
 * lines say what comes first. A hash of a folder and of everything below it tells whether an image is up to date.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { DeskpodError } from '#domain/errors.ts';
import { parseContainerfile } from './containerfile.ts';

export const OURS = 'localhost/deskpod/';
export const TAG = '1';
/** Debian as `mmdebstrap` makes it; everything else is built on it. */
export const ROOTFS = `${OURS}rootfs:${TAG}`;
/** What a desktop, the two games, a terminal and the documented failure need; the rest is built when first wanted. */
export const FIRST_SCREEN = ['desktop', '2048-gtk', '2048-qt', 'terminal', 'shm-demo'];

export interface PlannedImage {
  readonly reference: string;
  readonly name: string;
  readonly folder: string;
  /** References among the plan's own (or `ROOTFS`) that must exist before. */
  readonly parents: readonly string[];
  /** Of the folder, its parents and what they are made from. The label `deskpod.source` of an image that was built from it. */
  readonly source: string;
  /** As in the Containerfile, with `oc.icondata` from the icon beside it. */
  readonly labels: Readonly<Record<string, string>>;
  readonly command: readonly string[];
}

/** An image that is made from more than its folder. */
export interface PreparedImage {
  /** A hash of all that is beside the folder. */
  readonly source: string;
  /** Puts everything together with the recipe's folder and returns where: a folder that is removed after the build. */
  prepare(recipe: string): Promise<string>;
}

/** Planned only where they can be prepared: nothing that runs wants them. */
const PREPARED = new Set(['server', 'server-packages']);

interface Folder {
  readonly name: string;
  readonly folder: string;
}

/**
 * In build order, parents first. `roots` gives the hash of what the lowest image is made from, by reference. Throws when
 * two folders have one name, or images build on each other in a circle.
 */
export function planImages(
  imagesDir: string,
  args: Readonly<Record<string, string>>,
  roots: ReadonlyMap<string, string>,
  prepared: Readonly<Record<string, PreparedImage>> = {},
): readonly PlannedImage[] {
  const found = findFolders(imagesDir).filter(({ name }) => !PREPARED.has(name) || prepared[name] !== undefined);
  const folders = new Map(found.map((folder) => [referenceOf(folder.name), folder]));
  const planned = new Map<string, PlannedImage>();
  const visiting = new Set<string>();

  function visit(reference: string, folder: Folder): PlannedImage {
    const done = planned.get(reference);
    if (done) return done;
    if (visiting.has(reference)) {
      throw new DeskpodError(
        'internal_error',
        `The images ${[...visiting].join(', ')} build on each other in a circle.`,
        {
          remedy: `Change a FROM line under ${imagesDir}.`,
        },
      );
    }
    visiting.add(reference);
    const parsed = parseContainerfile(readFileSync(join(folder.folder, 'Containerfile'), 'utf8'), args);
    const hash = createHash('sha256');
    const parents: string[] = [];
    for (const base of parsed.bases) {
      const below = folders.get(base);
      if (below) hash.update(visit(base, below).source);
      else hash.update(roots.get(base) ?? base);
      if (below || roots.has(base)) parents.push(base);
    }
    hashFolder(folder.folder, hash);
    hash.update(prepared[folder.name]?.source ?? '');
    const source = hash.digest('hex');
    const labels = { ...parsed.labels, ...iconLabel(folder.folder, parsed.labels['oc.icon']) };
    const image = { reference, ...folder, parents, source, labels, command: parsed.command };
    visiting.delete(reference);
    planned.set(reference, image);
    return image;
  }

  for (const [reference, folder] of folders) visit(reference, folder);
  return [...planned.values()];
}

export function referenceOf(name: string): string {
  return `${OURS}${name}:${TAG}`;
}

function findFolders(imagesDir: string): Folder[] {
  const found: Folder[] = [];
  for (const parent of [imagesDir, join(imagesDir, 'apps')]) {
    for (const entry of readdirSync(parent, { withFileTypes: true })) {
      const folder = join(parent, entry.name);
      if (!entry.isDirectory() || !statSync(join(folder, 'Containerfile'), { throwIfNoEntry: false })) continue;
      const name = basename(folder);
      if (found.some((other) => other.name === name)) {
        throw new DeskpodError('internal_error', `Two folders under ${imagesDir} are called ${name}.`, {
          remedy: 'Rename one: the name of the folder is the name of the image.',
        });
      }
      found.push({ name, folder });
    }
  }
  return found;
}

/** Paths, permissions and contents; never times, so a fresh clone has the same hash. */
function hashFolder(folder: string, hash: ReturnType<typeof createHash>): void {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map((entry) => join(entry.parentPath, entry.name)).sort();
  for (const path of paths) {
    const executable = (statSync(path).mode & 0o111) !== 0;
    const content = readFileSync(path);
    hash.update(`${relative(folder, path)}\0${executable ? 'x' : '-'}\0${content.length}\0`).update(content);
  }
}

function iconLabel(folder: string, icon: string | undefined): Record<string, string> {
  if (icon === undefined) return {};
  const path = join(folder, basename(icon));
  if (!statSync(path, { throwIfNoEntry: false })) return {};
  return { 'oc.icondata': readFileSync(path).toString('base64') };
}
