/**
 * Paths below `/files/` or `/dav/`, and the `Destination` of a move or copy: decoded once, checked, and encoded again for the service.
 * Names keep their bytes; nothing is normalized.
 */
import { isFromHost } from '#domain/server/authority.ts';
import { DeskpodError } from '#domain/errors.ts';
import { PART_NAME } from '#protocol/files.ts';

/** Names of the home folder down to a file or folder; empty for the home folder itself. */
export type FilePath = readonly string[];

/** Of Linux: NAME_MAX and PATH_MAX. */
const LONGEST_NAME = 255;
const LONGEST_PATH = 4096;

/** A file on its way up; the browser chooses the hash, so that another page can resume it. */
export function isPart(path: FilePath): boolean {
  return PART_NAME.test(path.at(-1) ?? '');
}

/** The path of a request's URL below `root`, which ends with a slash. `invalid_request` if it is none. */
export function pathOfUrl(url: string, root: string): FilePath {
  return pathBelow(root, url.replace(/[?#].*$/s, ''), 'The path');
}

/**
 * The path of a `Destination` (RFC 4918, section 10.3): a URL of this host, or an absolute path. `prefix` is the path of
 * this installation, with a slash at both ends.
 */
export function destinationOf(
  header: string | undefined,
  host: string | undefined,
  prefix: string,
  root: string,
): FilePath {
  if (header === undefined) throw invalid('The header Destination is missing.');
  const [, origin, path = ''] = /^([a-z][a-z0-9+.-]*:\/\/[^/?#]*)?(\/[^?#]*)$/i.exec(header) ?? [];
  if (path === '') throw invalid('The header Destination is neither a URL nor an absolute path.');
  if (origin !== undefined && !isFromHost(origin, host)) throw invalid('The Destination is on another server.');
  const isPrefixed = prefix !== '/' && path.startsWith(prefix);
  return pathBelow(root, isPrefixed ? path.slice(prefix.length - 1) : path, 'The Destination');
}

/** A path of the query `?zip=`, which is decoded already: absolute within the home folder. */
export function pathOfText(text: string): FilePath {
  if (!text.startsWith('/')) throw invalid('A path in zip doesn’t start with a slash.');
  return checked(namesOf(text.slice(1)), 'A path in zip');
}

/** As in a request to the service. */
export function encodedPath(path: FilePath, kind: 'file' | 'folder'): string {
  const joined = path.map((name) => `/${encodeURIComponent(name)}`).join('');
  return kind === 'folder' ? `${joined}/` : joined || '/';
}

/** For people and the log. */
export function shownPath(path: FilePath): string {
  return `/${path.join('/')}`;
}

export function parentOf(path: FilePath): FilePath {
  return path.slice(0, -1);
}

/** Whether a name from a listing is one name, and no way out of its folder. */
export function isName(name: string): boolean {
  return complaintOf(name) === null;
}

function pathBelow(root: string, path: string, what: string): FilePath {
  if (path === root || `${path}/` === root) return [];
  if (!path.startsWith(root)) throw invalid(`${what} isn’t below ${root}.`);
  return checked(namesOf(path.slice(root.length)).map(decoded), what);
}

/** A final slash is that of a folder. */
function namesOf(path: string): string[] {
  return path === '' ? [] : path.replace(/\/$/, '').split('/');
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch (cause) {
    throw new DeskpodError('invalid_request', 'The path isn’t percent-encoded UTF-8.', { cause });
  }
}

function checked(names: readonly string[], what: string): FilePath {
  for (const name of names) {
    const complaint = complaintOf(name);
    if (complaint !== null) throw invalid(`${what} has a name that ${complaint}.`);
  }
  if (Buffer.byteLength(names.join('/')) > LONGEST_PATH) throw invalid(`${what} is longer than ${LONGEST_PATH} bytes.`);
  return names;
}

function complaintOf(name: string): string | null {
  if (name === '') return 'is empty';
  if (name === '.' || name === '..') return 'leaves its folder';
  if (name.includes('/')) return 'contains a slash';
  if (/\p{Cc}/u.test(name)) return 'contains a control character';
  return Buffer.byteLength(name) > LONGEST_NAME ? `is longer than ${LONGEST_NAME} bytes` : null;
}

function invalid(message: string): DeskpodError {
  return new DeskpodError('invalid_request', message);
}
