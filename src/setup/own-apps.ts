/**
 * `deskpod apps export` for the apps that come with the product: from the files under `catalogue/` and the recipes under
 * `images/`, without a server or a container engine.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { exportInspect } from '#domain/catalogue/export.ts';
import { parseInspect } from '#domain/catalogue/image-inspect.ts';
import type { AppDocument } from '#protocol/manager.ts';
import type { ImageInfo } from '#domain/ports/engine.ts';
import { DeskpodError } from '#domain/errors.ts';
import { OURS, planImages, type PlannedImage } from '#containers-client/images/plan.ts';
import { DockerInspect } from '#protocol/image-inspect.ts';
import { checkedRegistry } from './images/registry.ts';

export interface ExportOptions {
  /** Prefix of the image's name; empty means docker.io, undefined that of locally built images. */
  readonly registry?: string;
  /** Name and tag there, for example `2048-alpine.d:3.0`. */
  readonly as?: string;
  /** `name=value` */
  readonly label?: readonly string[];
}

interface OwnApp {
  /** Its names on the command line; the first one is shown. */
  readonly names: readonly string[];
  /** For example `2048-alpine.d:3.0`: `deskpod images --push` pushes the image by this name, too. */
  readonly image: string;
  readonly info: ImageInfo;
}

/** Image names of other versions, as in the documented files. */
const VERSION_TAG = '3.0';

/** The catalogue file of an app of the product; null if there is none of that name. */
export function exportOwnApp(root: string, name: string, { registry, as, label = [] }: ExportOptions): unknown {
  const app = ownApps(root).find(({ names }) => names.includes(name));
  if (app === undefined) return null;
  const where = registry === undefined ? OURS : registry === '' ? '' : checkedRegistry(registry);
  const exported = exportInspect(app.info, { name: as ?? app.image, registry: where, labels: labelsOf(label) });
  const [problem] = parseInspect(exported)?.skipped ?? [];
  if (problem === undefined) return exported;
  throw new DeskpodError(
    'invalid_request',
    `The app can't be exported like this: ${problem.field} ${problem.message}.`,
    {
      remedy: 'Check --as and --label.',
    },
  );
}

/** All of them as entries of a catalogue whose images are in this registry, each once. */
export function exportedApps(
  root: string,
  registry: string,
): readonly { readonly document: AppDocument; readonly labels: Readonly<Record<string, string>> }[] {
  const byImage = new Map(ownApps(root).map((app) => [app.image, app]));
  return [...byImage.values()].flatMap(({ image, info }) => {
    const [document] = parseInspect(exportInspect(info, { name: image, registry, labels: {} }))?.documents ?? [];
    return document === undefined ? [] : [{ document, labels: info.labels }];
  });
}

/** Shown names, sorted. */
export function ownAppNames(root: string): readonly string[] {
  const names = ownApps(root).map(({ names: [name = ''] }) => name);
  return [...new Set(names)].toSorted();
}

/** Files first: they contain more than a recipe, and the names that an image is pushed by. */
function ownApps(root: string): readonly OwnApp[] {
  const files = filesIn(join(root, 'catalogue'));
  // The server's image contains no recipes.
  const images = join(root, 'images');
  const recipes = existsSync(images) ? planImages(images, {}, new Map()) : [];
  const apps = recipes.filter(({ labels }) => labels['oc.type'] === 'app');
  return [...files, ...apps.map((recipe) => ofRecipe(recipe, files))];
}

function filesIn(folder: string): OwnApp[] {
  const names = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith('.json')) : [];
  return names.flatMap((file) => {
    const entry = DockerInspect.array().parse(JSON.parse(readFileSync(join(folder, file), 'utf8')))[0];
    const [document] = parseInspect([entry])?.documents ?? [];
    if (entry === undefined || document === undefined) return [];
    const { id, name, cmd, architecture, os, sha_id, created } = document;
    const image = id.startsWith(OURS) ? id.slice(OURS.length) : id;
    const info = {
      id: sha_id,
      digest: null,
      labels: stringsOf(entry.Config?.Labels ?? {}),
      command: cmd,
      architecture: architecture ?? '',
      os: os ?? 'linux',
      createdAt: new Date(created ?? 0),
      bytes: null,
      outdated: false,
      inspect: entry,
    };
    return [{ names: [name, id, image, image.replace(':', '.'), file], image, info }];
  });
}

/** Under its own name, or like the file of the same program, whose image is pushed. */
function ofRecipe({ name, reference, labels, command, source }: PlannedImage, files: readonly OwnApp[]): OwnApp {
  const names = [labels['oc.name'] ?? name, name, reference];
  const same = (label: string) => (file: OwnApp) => file.info.labels[label] === labels[label];
  const file = files.find(same('oc.name')) ?? files.filter(same('oc.containerengine')).find(same('oc.path'));
  if (file !== undefined) return { ...file, names };
  const architecture = process.arch === 'x64' ? 'amd64' : process.arch;
  const info = {
    id: source,
    digest: null,
    labels,
    command,
    architecture,
    os: 'linux',
    createdAt: new Date(),
    bytes: null,
    outdated: false,
    inspect: null,
  };
  return { names, image: `${name}.d:${VERSION_TAG}`, info };
}

function labelsOf(pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const [, name, value] = /^(oc\.[^=]+)=(.*)$/s.exec(pair) ?? [];
      if (name !== undefined && value !== undefined) return [name, value];
      throw new DeskpodError('invalid_request', `--label ${pair} is not a label of an app.`, {
        remedy: 'Use oc.NAME=VALUE, for example oc.containerengine=pod_application.',
      });
    }),
  );
}

function stringsOf(labels: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(labels).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
  );
}
