/** `npm run images`: builds what is missing of all images, lists them, pushes them to a registry or saves them in a file. */
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { DeskpodError } from '#domain/errors.ts';
import { isStatus, type EngineApi } from '#engines/containers/api.ts';
import type { ImageBuilder } from '#engines/containers/images/builder.ts';
import { TAG, type PlannedImage } from '#engines/containers/images/plan.ts';
import { fullName, parseReference } from '#engines/containers/references.ts';
import { registryLogin } from '#engines/containers/registry-logins.ts';
import { checkMachine } from '../checks.ts';
import { ensurePackages, openEngine, type Places } from '../engine.ts';
import type { Progress } from '../progress.ts';
import { buildImages, openBuilder } from './build.ts';
import { catalogueNames } from './catalogue-names.ts';
import { pushImage, saveImages } from './deliver.ts';
import { serverImages } from './server.ts';

export interface ImageWishes {
  readonly push?: string;
  readonly save?: string;
  readonly tag?: string;
  /** Names of images; all that people run when left out. */
  readonly only?: readonly string[];
  readonly list?: true;
  readonly insecure?: true;
}

/** Rejects with a `DeskpodError` that names image and reason. What was built or pushed until then stays. */
export async function makeImages(
  places: Places,
  wishes: ImageWishes,
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  const tag = checkedTag(wishes.tag ?? TAG);
  const registry = wishes.push === undefined ? null : checkedRegistry(wishes.push);
  if (!wishes.list) await checkMachine({ dataDir: places.dataDir, listen: null });
  await mkdir(places.dataDir, { recursive: true, mode: 0o711 });
  await ensurePackages(places, progress);
  await using owned = new AsyncDisposableStack();
  const api = await openEngine(places, owned, progress);
  const prepared = await serverImages(places.root, join(places.dataDir, 'cache/server'));
  const builder = openBuilder(api, places, prepared);
  const images = chosen(builder.list(), wishes.only);
  if (wishes.list) {
    progress.say(await listing(api, builder, images));
    return;
  }
  await progress.step('Images', (detail) => buildImages(builder, images, detail, signal));
  if (registry !== null) {
    const insecure = wishes.insecure === true || isLoopback(registry);
    const to = { registry, tag, insecure, login: await registryLogin(registry, places.dataDir) };
    for (const image of images) {
      await progress.step(`Push ${image.name}`, async (detail) => {
        await pushImage(api, image, to, detail, signal);
        // The same layers: only the names are sent.
        for (const other of catalogueNames(places.root, image)) {
          await pushImage(api, { ...image, name: other.name }, { ...to, tag: other.tag }, detail, signal);
        }
        return `${registry}/${image.name}:${tag}`;
      });
    }
  }
  if (wishes.save !== undefined) {
    const file = resolve(wishes.save);
    await progress.step('Save', async (detail) => {
      const bytes = await saveImages(api, images, tag, file, detail, signal);
      return `${file}, ${megabytes(bytes)}`;
    });
  }
}

/** What is run as it is: what others are only built on is left out, unless it is an app as well. */
export function delivered(all: readonly PlannedImage[]): readonly PlannedImage[] {
  const builtOn = new Set(all.flatMap(({ parents }) => parents));
  return all.filter(({ reference, labels }) => !builtOn.has(reference) || labels['oc.type'] !== undefined);
}

function chosen(all: readonly PlannedImage[], only: readonly string[] | undefined): readonly PlannedImage[] {
  if (only === undefined) return delivered(all);
  const unknown = only.filter((name) => !all.some((image) => image.name === name));
  if (unknown.length > 0) {
    throw new DeskpodError('not_found', `There is no recipe for an image called ${unknown.join(' or ')}.`, {
      remedy: `There are: ${all.map(({ name }) => name).join(', ')}.`,
    });
  }
  return all.filter(({ name }) => only.includes(name));
}

/** Without a slash at the end. Throws `invalid_request` for what no image's name can begin with. */
export function checkedRegistry(text: string): string {
  const registry = text.replace(/\/+$/, '');
  const parsed = parseReference(`${registry}/image:1`);
  if (parsed !== null && fullName(parsed) === `${registry}/image:1`) return registry;
  throw new DeskpodError('invalid_request', `${text} is not the name of a registry.`, {
    remedy: 'Name host, port and path, without https://, for example registry.example:5000/deskpod.',
  });
}

function checkedTag(tag: string): string {
  if (/^\w[\w.-]{0,127}$/.test(tag)) return tag;
  throw new DeskpodError('invalid_request', `${tag} cannot be the tag of an image.`, {
    remedy: 'Letters, digits, dots, dashes and underscores, for example 2 or 2026-11.',
  });
}

/** Docker takes those as plain HTTP by itself. */
function isLoopback(registry: string): boolean {
  return /^(localhost|127\.\d+\.\d+\.\d+)(:|\/|$)/.test(registry);
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

/** Layers that images share are counted in each. Null when it is not there. */
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
