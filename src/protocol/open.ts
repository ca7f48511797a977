/** Opening files and links: which apps open what, as the page and the server both compute it. */
import { z } from 'zod';
import type { App } from './app.ts';
import { Launch } from './launch.ts';

const MOST_CHARACTERS = 4096;
const LINK_SCHEMES = new Set(['http:', 'https:', 'mailto:']);
const CONTROL = /\p{Cc}/u;

/** Below the home folder, without a leading slash. Folders end with a slash; the home folder itself is empty. */
export const HomePath = z.string().max(MOST_CHARACTERS).refine(isHomePath, 'is not a path below the home folder');

/** A link of the web or to an email address. */
export const Link = z.string().max(MOST_CHARACTERS).refine(isLink, 'is not a link (http, https or mailto)');

/** `app` is an id or a name: this app, whatever the user's default is. */
const WithApp = { app: z.string().min(1).max(512).exactOptional() };

export const OpenRequest = z.union([
  z.strictObject({ path: HomePath, ...WithApp }),
  z.strictObject({ url: Link, ...WithApp }),
]);
export type OpenRequest = z.infer<typeof OpenRequest>;

export const OpenResult = z.discriminatedUnion('open', [
  z.object({ open: z.literal('app'), launch: Launch }),
  /** Several apps open it, and the user has no default: the ids of the apps, best first. */
  z.object({ open: z.literal('choose'), apps: z.array(z.string()).min(1) }),
  /** The user's own browser, by the policy of the installation. */
  z.object({ open: z.literal('browser'), url: Link }),
]);
export type OpenResult = z.infer<typeof OpenResult>;

/**
 * What the user's defaults are stored by: `.md` for files with this extension, in lower case; `.` for files without one;
 * `/` for folders; `web:` and `mailto:` for links.
 */
export const OpenKind = z.string().min(1).max(64);

export function kindOf(request: OpenRequest): string {
  if ('url' in request) return new URL(request.url).protocol === 'mailto:' ? 'mailto:' : 'web:';
  if (request.path === '' || request.path.endsWith('/')) return '/';
  const name = request.path.slice(request.path.lastIndexOf('/') + 1);
  const dot = name.lastIndexOf('.');
  // The dot of a hidden file doesn't start an extension.
  return dot > 0 ? name.slice(dot).toLowerCase() : '.';
}

/** The apps that open this kind, best first: the user's default, the apps' own claim to be the default, their order. */
export function appsForKind<Some extends Pick<App, 'id' | 'opens' | 'opensByDefault' | 'availability'>>(
  apps: readonly Some[],
  kind: string,
  defaults: Readonly<Record<string, string>>,
): readonly Some[] {
  const chosen = Object.hasOwn(defaults, kind) ? defaults[kind] : undefined;
  const rank = ({ id, opensByDefault }: Some): number => (id === chosen ? 0 : opensByDefault ? 1 : 2);
  return apps
    .filter(({ opens, availability }) => availability.state !== 'unavailable' && opens.includes(kind))
    .toSorted((one, other) => rank(one) - rank(other));
}

function isHomePath(path: string): boolean {
  if (path === '') return true;
  const parts = path.replace(/\/$/, '').split('/');
  return !CONTROL.test(path) && parts.every((part) => part !== '' && part !== '.' && part !== '..');
}

function isLink(text: string): boolean {
  return !CONTROL.test(text) && LINK_SCHEMES.has(URL.parse(text)?.protocol ?? '');
}
