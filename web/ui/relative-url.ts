/** URLs relative to a base. Pure. */

/** `path` may begin with a slash, like paths from the server; absolute URLs are returned unchanged. */
export function relativeUrl(base: string, path: string): URL {
  return new URL(path.replace(/^\/+/, ''), base);
}

export function relativeSocketUrl(base: string, path: string): URL {
  const url = relativeUrl(base, path);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return url;
}
