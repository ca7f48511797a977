/** Which files and links an app opens, from its labels, and which app opens a file or link. Pure. */
import mime from 'mime';
import type { App } from '#protocol/app.ts';
import type { AppDocument } from '#protocol/manager.ts';
import { appsForKind } from '#protocol/open.ts';
import { DeskpodError } from '../errors.ts';

/** Who opens links: an app of the desktop, or the browser in which the user sees the desktop. */
export type LinkPolicy = 'desktop' | 'browser';

/** Media types that aren't those of files with an extension. */
const KINDS: Readonly<Record<string, readonly string[]>> = {
  'inode/directory': ['/'],
  'x-scheme-handler/http': ['web:'],
  'x-scheme-handler/https': ['web:'],
  'x-scheme-handler/mailto': ['mailto:'],
  // Most files without an extension are text: README, Makefile, .bashrc.
  'text/plain': ['.'],
};

/** As Chromium takes them. */
const EXTENSION = /^\.[a-z0-9][a-z0-9+_-]{0,15}$/;
const MOST_EXTENSIONS = 250;

type Labels = Pick<AppDocument, 'mimetype' | 'fileextensions' | 'legacyfileextensions'>;

/** The kinds (`OpenKind`) of files and links that an app opens. */
export function kindsOf({ mimetype, fileextensions, legacyfileextensions }: Labels): string[] {
  const extensions = [...fileextensions, ...legacyfileextensions, ...mimetype.flatMap(extensionsOf)];
  const kinds = extensions.map((extension) => `.${extension.replace(/^\*?\./, '').toLowerCase()}`);
  return [...new Set([...mimetype.flatMap((type) => KINDS[type] ?? []), ...kinds])];
}

/** The extensions that an app opens, by media type. Browsers take no more than so many of one app. */
export function fileTypesOf(labels: Labels): Map<string, string[]> {
  const types = new Map<string, string[]>();
  const extensions = kindsOf(labels).filter((kind) => EXTENSION.test(kind));
  for (const extension of extensions.slice(0, MOST_EXTENSIONS)) {
    const type = mime.getType(extension) ?? 'application/octet-stream';
    types.set(type, [...(types.get(type) ?? []), extension]);
  }
  return types;
}

function extensionsOf(type: string): string[] {
  return [...(mime.getAllExtensions(type) ?? [])];
}

/**
 * The app that opens this kind: the user's default, the only one, or the only one that claims to be the default. Otherwise
 * the apps to choose from, best first. `not_found` if there is none.
 */
export function chooseApp(
  apps: readonly App[],
  kind: string,
  defaults: Readonly<Record<string, string>>,
): App | readonly App[] {
  const found = appsForKind(apps, kind, defaults);
  const [best, second] = found;
  if (best === undefined)
    throw new DeskpodError('not_found', `None of your apps opens ${nameOf(kind)}.`, {
      remedy: 'An app says what it opens with its labels oc.mimetype and oc.fileextensions.',
    });
  if (second === undefined || best.id === defaults[kind]) return best;
  return best.opensByDefault && !second.opensByDefault ? best : found;
}

function nameOf(kind: string): string {
  switch (kind) {
    case '/':
      return 'folders';
    case '.':
      return 'files without an extension';
    case 'web:':
      return 'links';
    case 'mailto:':
      return 'email addresses';
    default:
      return `files that end with ${kind}`;
  }
}
