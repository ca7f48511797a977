/** Addresses of the server, all below the page's base: `/`, or a path such as `/desk/` that a proxy keeps for us. */

/** `path` may begin with a slash, as the server writes its own; addresses with a scheme stay as they are. */
export function addressBelow(base: string, path: string): URL {
  return new URL(path.replace(/^\/+/, ''), base);
}

export function address(path: string): URL {
  return addressBelow(document.baseURI, path);
}

export function socketAddress(path: string, base: string = document.baseURI): URL {
  const url = addressBelow(base, path);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return url;
}
