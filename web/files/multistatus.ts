/**
 * The answer to PROPFIND (RFC 4918, section 13), read strictly: what doesn't fit is left out, and the number of entries is
 * bounded. Pure: over the few properties of DOM elements that it needs.
 */
import type { Entry } from './entry.ts';
import { isPart } from './names.ts';
import { joined, nameOf } from './paths.ts';

export interface XmlElement {
  readonly localName: string;
  readonly namespaceURI: string | null;
  readonly textContent: string | null;
  readonly children: Iterable<XmlElement>;
}

export interface Listing {
  readonly entries: readonly Entry[];
  /** Whether there are more than are listed. */
  readonly cut: boolean;
}

const DAV = 'DAV:';
/** Of one folder. More wouldn't be found by scrolling. */
export const MOST_ENTRIES = 50_000;

/** The body of the request. */
export const PROPFIND =
  '<?xml version="1.0"?><D:propfind xmlns:D="DAV:"><D:prop><D:resourcetype/><D:getcontentlength/><D:getlastmodified/><D:getcontenttype/></D:prop></D:propfind>';

/** Null if the document isn't a multistatus. `folder` is the path that was asked for. */
export function parseListing(root: XmlElement, folder: string, most = MOST_ENTRIES): Listing | null {
  if (!isDav(root, 'multistatus')) return null;
  const found: Found[] = [];
  let cut = false;
  for (const child of root.children) {
    if (found.length > most) {
      cut = true;
      break;
    }
    const one = isDav(child, 'response') ? responseOf(child) : null;
    if (one) found.push(one);
  }
  // The folder itself is among them. Servers behind a proxy may not know the whole path of it, so its depth tells.
  const depth = Math.min(...found.map(({ names }) => names.length));
  const entries = found
    .filter(({ names }) => names.length === depth + 1)
    .flatMap(({ names, ...rest }) => {
      const name = names.at(-1) ?? '';
      return isPart(name) || name === '' || name === '.' || name === '..' || /[/\0]/.test(name)
        ? []
        : [{ path: joined(folder, name), name, ...rest }];
    });
  return { entries, cut };
}

/** The only answer of a request for `path` alone; null if there is none. */
export function parseEntry(root: XmlElement, path: string): Entry | null {
  if (!isDav(root, 'multistatus')) return null;
  for (const response of root.children) {
    const found = isDav(response, 'response') ? responseOf(response) : null;
    if (!found) continue;
    const { folder, size, modified, type } = found;
    return { path, name: nameOf(path), folder, size, modified, type };
  }
  return null;
}

type Found = Omit<Entry, 'path' | 'name'> & { readonly names: readonly string[] };

function responseOf(response: XmlElement): Found | null {
  const names = namesIn(textOf(response, 'href'));
  const props = propsOf(response);
  if (names === null || props === null) return null;
  const folder = [...(child(props, 'resourcetype')?.children ?? [])].some((type) => isDav(type, 'collection'));
  const size = /^\d{1,15}$/.exec(textOf(props, 'getcontentlength'))?.[0];
  const modified = Date.parse(textOf(props, 'getlastmodified'));
  const type = textOf(props, 'getcontenttype').split(';')[0]?.trim().toLowerCase() ?? '';
  return {
    names,
    folder,
    size: folder ? 0 : Number(size ?? 0),
    modified: Number.isNaN(modified) ? null : modified,
    type: folder ? '' : type,
  };
}

/** The properties that were found. */
function propsOf(response: XmlElement): XmlElement | null {
  for (const propstat of response.children)
    if (isDav(propstat, 'propstat') && /^HTTP\/\S+ 200\b/.test(textOf(propstat, 'status')))
      return child(propstat, 'prop');
  return null;
}

/** An absolute URL or its path, percent-encoded. */
function namesIn(href: string): readonly string[] | null {
  const path = href.replace(/^https?:\/\/[^/]*/i, '').replace(/[?#].*$/s, '');
  if (!path.startsWith('/')) return null;
  try {
    return path
      .split('/')
      .filter((part) => part !== '')
      .map(decodeURIComponent);
  } catch (error) {
    // A name that isn't UTF-8 can't be addressed by a browser.
    if (error instanceof URIError) return null;
    throw error;
  }
}

function child(of: XmlElement, name: string): XmlElement | null {
  for (const one of of.children) if (isDav(one, name)) return one;
  return null;
}

const isDav = (element: XmlElement, name: string): boolean =>
  element.namespaceURI === DAV && element.localName === name;

const textOf = (of: XmlElement, name: string): string => child(of, name)?.textContent?.trim() ?? '';
