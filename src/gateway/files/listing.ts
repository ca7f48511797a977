/** What the files service says about a file, or a folder and what is in it: a multistatus (RFC 4918, section 13). Pure. */
import { isName } from './paths.ts';

export interface Entry {
  /** Percent-encoded, as the service says it; a folder's ends with a slash. */
  readonly href: string;
  /** The last name of it. Invalid UTF-8 is replaced. */
  readonly name: string;
  /** False for a link to a folder, too. */
  readonly isFolder: boolean;
  /** Of a link: of itself, in the listing of its folder. */
  readonly bytes: number;
  readonly changedAt: Date;
}

export interface Listing {
  readonly self: Entry;
  /** Of a folder. */
  readonly children: readonly Entry[];
}

/** The properties that {@link parseListing} reads. */
export const PROPERTIES =
  '<?xml version="1.0"?><propfind xmlns="DAV:"><prop><resourcetype/><getcontentlength/><getlastmodified/></prop></propfind>';

/** Null if it isn't a listing. Entries that aren't in the folder are left out. */
export function parseListing(xml: string): Listing | null {
  const [self, ...others] = xml.split('</D:response>').flatMap((part) => entryOf(part) ?? []);
  if (self === undefined) return null;
  const children = others.filter(
    ({ href, name }) => isWithin(href, self.href) && name !== '' && isName(name.replaceAll('\uFFFD', '_')),
  );
  return { self, children };
}

/** The same listing with the addresses of this server; `root` is that of the home folder, without a slash at the end. */
export function withRoot(xml: string, root: string): string {
  return xml.replaceAll('<D:href>/', `<D:href>${root}/`);
}

/** Of the home folder at this server, without a slash at the end; both parameters have one there. */
export function addressOf(prefix: string, root: string): string {
  return `${prefix}${root.slice(1, -1)}`;
}

function entryOf(response: string): Entry | null {
  const href = unescaped(/<D:href>(\/[\x21-\x3b\x3d-\x7e]*)<\/D:href>/.exec(response)?.[1] ?? '');
  if (href === '') return null;
  const bytes = Number(/<D:getcontentlength>(\d{1,15})</.exec(response)?.[1] ?? 0);
  const changed = new Date(/<D:getlastmodified[^>]{0,100}>([^<]{1,60})</.exec(response)?.[1] ?? 0);
  return {
    href,
    name: nameOf(href),
    isFolder: response.includes('<D:collection/>'),
    bytes,
    changedAt: Number.isNaN(changed.getTime()) ? new Date(0) : changed,
  };
}

function isWithin(href: string, folder: string): boolean {
  return folder.endsWith('/') && href.startsWith(folder) && /^[^/]+\/?$/.test(href.slice(folder.length));
}

function nameOf(href: string): string {
  const last = href.replace(/\/$/, '').split('/').at(-1) ?? '';
  const bytes = last.replace(/%([0-9a-f]{2})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

function unescaped(href: string): string {
  return href
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll('&amp;', '&');
}
