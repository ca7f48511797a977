/**
 * Files of the home folder as the URIs by which programs in the desktop name them (RFC 8089). A path is relative to the home
 * folder, which is `''` itself; `home` is the absolute path of that folder in the desktop.
 */

export function fileUri(path: string, home: string): string {
  return `file:///${[...namesOf(home), ...namesOf(path)].map(encodeURIComponent).join('/')}`;
}

/** Null if the file is elsewhere, or the URI is that of no file. */
export function pathInHome(uri: string, home: string): string | null {
  const path = filePath(uri);
  if (path === null) return null;
  const names = namesOf(path);
  if (names.some((name) => name === '.' || name === '..')) return null;
  const above = namesOf(home);
  return above.every((name, at) => names[at] === name) ? names.slice(above.length).join('/') : null;
}

/** The absolute path in the desktop, decoded once; null if the URI is that of no file, or its name isn't UTF-8. */
export function filePath(uri: string): string | null {
  const path = /^file:\/\/(?:localhost)?(\/[^?#]*)$/i.exec(uri)?.[1];
  if (path === undefined || /%2f/i.test(path)) return null;
  try {
    const decoded = decodeURIComponent(path);
    return /\p{Cc}/u.test(decoded) ? null : decoded;
  } catch (error) {
    if (error instanceof URIError) return null;
    throw error;
  }
}

function namesOf(path: string): string[] {
  return path.split('/').filter((name) => name !== '');
}
