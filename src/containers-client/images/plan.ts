/**
 * Which images to build, and in which order: every folder below `images/` with a Containerfile is one image, and its
 * FROM lines name its parents. A hash of the folder and its parents says whether an image is up to date.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { DeskpodError } from '#domain/errors.ts';
import type { Part } from '../sbom/cyclonedx.ts';
import { parseContainerfile } from './containerfile.ts';

export const OURS = 'localhost/deskpod/';
export const TAG = '1';
/** Debian as built by `mmdebstrap`; all other images build on it. */
export const ROOTFS = `${OURS}rootfs:${TAG}`;
/** Images of a desktop, the two games, a terminal and the documented failure. Others are built on first use. */
export const FIRST_SCREEN = ['desktop', '2048-gtk', '2048-qt', 'terminal', 'shm-demo'];

export interface PlannedImage {
  readonly reference: string;
  readonly name: string;
  readonly folder: string;
  /** References in the plan (or `ROOTFS`) that must exist before. */
  readonly parents: readonly string[];
  /** Hash of the folder, its parents and their sources: the label `deskpod.source` of the built image. */
  readonly source: string;
  /** As in the Containerfile, with `oc.icondata` from the icon beside it. */
  readonly labels: Readonly<Record<string, string>>;
  readonly command: readonly string[];
  /** Build arguments that the Containerfile declares. */
  readonly args: Readonly<Record<string, string>>;
}

/** An image that is built from more than its folder. */
export interface PreparedImage {
  /** Hash of everything outside the folder. */
  readonly source: string;
  /** What is in it besides Debian packages. */
  readonly parts: readonly Part[];
  /** Returns a folder with everything, including the Containerfile's folder; it is removed after the build. */
  prepare(recipe: string): Promise<string>;
}

/** Planned only where they can be prepared: nothing that runs needs them. */
const PREPARED = new Set(['server', 'server-packages', 'speedtest']);

interface Folder {
  readonly name: string;
  readonly folder: string;
}

/**
 * In build order, parents first. `roots` has the hash of the lowest image's sources, by reference. Throws when two
 * folders have the same name, or images build on each other in a circle.
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
    for (const [name, value] of Object.entries(parsed.args)) hash.update(`${name}=${value}\0`);
    hashFolder(folder.folder, hash);
    hash.update(prepared[folder.name]?.source ?? '');
    const source = hash.digest('hex');
    const labels = { ...parsed.labels, ...iconLabel(folder.folder, parsed.labels['oc.icon']) };
    const { command, args: own } = parsed;
    const image = { reference, ...folder, parents, source, labels, command, args: own };
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

/** Paths, permissions and contents, without times, so that a fresh clone has the same hash. */
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
