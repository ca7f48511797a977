/** Addresses below a base. Pure. */

/** `path` may begin with a slash, as the server writes its own; addresses with a scheme stay as they are. */
export function addressBelow(base: string, path: string): URL {
  return new URL(path.replace(/^\/+/, ''), base);
}

export function socketBelow(base: string, path: string): URL {
  const url = addressBelow(base, path);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return url;
}
