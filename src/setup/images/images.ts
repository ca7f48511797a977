/** `npm run images`: builds missing images, lists them, pushes them to a registry or saves them to a file. */
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { offerFacts } from '#domain/catalogue/offers.ts';
import { DeskpodError } from '#domain/errors.ts';
import { parseAuthority } from '#domain/server/authority.ts';
import { isLoopbackHost } from '#domain/server/networks.ts';
import { isStatus, type EngineApi } from '#containers-client/api.ts';
import type { ImageBuilder } from '#containers-client/images/builder.ts';
import { TAG, type PlannedImage } from '#containers-client/images/plan.ts';
import { registryLogin } from '#containers-client/registry-logins.ts';
import { checkMachine } from '../checks.ts';
import { ensurePackages, openEngine, type SetupFolders } from '../engine.ts';
import type { Progress } from '../progress.ts';
import { buildImages, openBuilder } from './build.ts';
import { catalogueNames } from './catalogue-names.ts';
import { type Destination, pushImage, saveImages } from './deliver.ts';
import { writeDigests } from './digests.ts';
import { checkedRegistry } from './registry.ts';
import { serverImages } from './server.ts';

export interface ImageOptions {
  readonly push?: string;
  /** A file for the digests of what is pushed. */
  readonly digests?: string;
  readonly save?: string;
  readonly tag?: string;
  /** Names of images; default: all that are run directly. */
  readonly only?: readonly string[];
  readonly list?: true;
  /** Builds all chosen images again, with the packages that Debian has now. */
  readonly refresh?: true;
  readonly insecure?: true;
}

/** Rejects with a `DeskpodError` that names image and reason. Images that were built or pushed until then stay. */
export async function makeImages(
  folders: SetupFolders,
  options: ImageOptions,
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  const tag = checkedTag(options.tag ?? TAG);
  const registry = options.push === undefined ? null : checkedRegistry(options.push);
  if (registry === null && options.digests !== undefined) {
    throw new DeskpodError('invalid_request', 'Images have digests in a registry only: --digests needs --push.', {
      remedy: 'Add --push REGISTRY, or leave out --digests.',
    });
  }
  if (!options.list) await checkMachine({ dataDir: folders.dataDir, listen: null });
  await mkdir(folders.dataDir, { recursive: true, mode: 0o711 });
  await ensurePackages(folders, progress);
  await using owned = new AsyncDisposableStack();
  const api = await openEngine(folders, owned, progress);
  const prepared = await serverImages(folders.root, join(folders.dataDir, 'cache/server'));
  const refresh = options.refresh ? { refreshBefore: new Date() } : {};
  const builder = openBuilder(api, folders, { prepared, ...refresh });
  const all = builder.list();
  const images = options.only === undefined ? delivered(all) : namedImages(all, options.only);
  if (options.list) {
    progress.say(await listing(api, builder, images));
    return;
  }
  await progress.step('Images', (detail) => buildImages(builder, images, detail, signal));
  if (registry !== null) {
    const insecure =
      options.insecure === true || isLoopbackHost(parseAuthority(registry.split('/', 1)[0] ?? '')?.host ?? '');
    const to = { registry, tag, insecure, login: await registryLogin(registry, folders.dataDir) };
    const digests = await pushAll(api, images, to, folders.root, progress, signal);
    const { digests: file } = options;
    if (file !== undefined) {
      await progress.step('Digests', async () => {
        await writeDigests(resolve(file), { registry, tag, digests });
        return `${resolve(file)}, ${digests.size} images`;
      });
    }
  }
  if (options.save !== undefined) {
    const file = resolve(options.save);
    await progress.step('Save', async (detail) => {
      const bytes = await saveImages(api, images, tag, file, detail, signal);
      return `${file}, ${megabytes(bytes)}`;
    });
  }
}

/** Returns the digests by the names in the registry. */
async function pushAll(
  api: EngineApi,
  images: readonly PlannedImage[],
  to: Destination,
  root: string,
  progress: Progress,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const digests = new Map<string, string>();
  for (const image of images) {
    await progress.step(`Push ${image.name}`, async (detail) => {
      digests.set(image.name, await pushImage(api, image, to, detail, signal));
      // The same layers: only the names are sent.
      for (const other of catalogueNames(root, image)) {
        const named = { ...image, name: other.name };
        digests.set(other.name, await pushImage(api, named, { ...to, tag: other.tag }, detail, signal));
      }
      return `${to.registry}/${image.name}:${to.tag}`;
    });
  }
  return digests;
}

/** Images that are run directly: without those that only others are built on, unless they are apps, and without optional apps. */
export function delivered(all: readonly PlannedImage[]): readonly PlannedImage[] {
  const builtOn = new Set(all.flatMap(({ parents }) => parents));
  return all.filter(({ reference, labels }) =>
    labels['oc.type'] === undefined ? !builtOn.has(reference) : !offerFacts(labels).optional,
  );
}

/** Rejects names without a recipe. */
export function namedImages<T extends PlannedImage>(all: readonly T[], names: readonly string[]): readonly T[] {
  const unknown = names.filter((name) => !all.some((image) => image.name === name));
  if (unknown.length > 0) {
    throw new DeskpodError('not_found', `There is no recipe for an image called ${unknown.join(' or ')}.`, {
      remedy: `Available: ${all.map(({ name }) => name).join(', ')}.`,
    });
  }
  return all.filter(({ name }) => names.includes(name));
}

function checkedTag(tag: string): string {
  if (/^\w[\w.-]{0,127}$/.test(tag)) return tag;
  throw new DeskpodError('invalid_request', `${tag} isn't a valid image tag.`, {
    remedy: 'Use letters, digits, dots, hyphens and underscores, for example 2 or 2026-11.',
  });
}

const Sized = z.looseObject({ Size: z.number().default(0) });

async function listing(api: EngineApi, builder: ImageBuilder, images: readonly PlannedImage[]): Promise<string> {
  const rows = await Promise.all(
    images.map(async ({ name, reference }) => {
      const size = await sizeOf(api, reference);
      const state = size === null ? 'not built' : (await builder.isCurrent(reference)) ? 'up to date' : 'out of date';
      return `${name.padEnd(16)}  ${state.padEnd(11)}  ${size === null ? '' : megabytes(size).padStart(8)}`.trimEnd();
    }),
  );
  return rows.join('\n');
}

/** Includes shared layers. Null if the image doesn't exist. */
async function sizeOf(api: EngineApi, reference: string): Promise<number | null> {
  try {
    return (await api.json(Sized, 'GET', `/images/${encodeURIComponent(reference)}/json`)).Size;
  } catch (error) {
    if (isStatus(error, 404)) return null;
    throw error;
  }
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}
