/** Files of the home folder as the URIs by which programs in the desktop name them (RFC 8089). Pure. */
import { joined, namesOf } from './paths.ts';

/** `home` is the path of the home folder in the desktop. */
export function uriOf(path: string, home: string): string {
  const names = [...namesOf(home.replace(/^\//, '')), ...namesOf(path)];
  return `file:///${names.map(encodeURIComponent).join('/')}`;
}

/** Relative to the home folder, which is `''` itself; null if the file is elsewhere, or the URI is that of no file. */
export function pathInHome(uri: string, home: string): string | null {
  const path = filePath(uri);
  if (path === null) return null;
  const names = path.split('/').filter((name) => name !== '');
  if (names.some((name) => name === '.' || name === '..')) return null;
  const above = namesOf(home.replace(/^\//, ''));
  if (!above.every((name, at) => names[at] === name)) return null;
  return names.slice(above.length).reduce(joined, '');
}

/** The absolute path in the desktop, decoded once. */
export function filePath(uri: string): string | null {
  const path = /^file:\/\/(?:localhost)?(\/[^?#]*)$/i.exec(uri)?.[1];
  if (path === undefined) return null;
  try {
    const decoded = decodeURIComponent(path);
    return /\p{Cc}/u.test(decoded) || /%2f/i.test(path) ? null : decoded;
  } catch (error) {
    // A name that isn't UTF-8 can't be addressed by a browser.
    if (error instanceof URIError) return null;
    throw error;
  }
}
