/** Image references, read as Docker reads them: no registry means docker.io, no tag means latest. */

export interface Reference {
  /** For example `docker.io`, `localhost`, `registry.example:5000`. */
  readonly registry: string;
  /** Registry and path, without tag or digest. */
  readonly name: string;
  /** Null when a digest names the image. */
  readonly tag: string | null;
  readonly digest: string | null;
}

const DEFAULT_REGISTRY = 'docker.io';

/** Null for what is no reference at all. */
export function parseReference(text: string): Reference | null {
  if (text.length > 512 || !/^[A-Za-z0-9][A-Za-z0-9._:/@-]*$/.test(text)) return null;
  const [rest = '', digest = null, more] = text.split('@');
  if (more !== undefined || (digest !== null && !/^[a-z0-9]+:[0-9a-f]{32,}$/.test(digest))) return null;
  const colon = rest.lastIndexOf(':');
  const tagged = colon > rest.lastIndexOf('/');
  const path = tagged ? rest.slice(0, colon) : rest;
  const tag = tagged ? rest.slice(colon + 1) : null;
  if (path === '' || path.endsWith('/') || path.includes('//') || tag === '') return null;
  const registry = registryOf(path);
  return {
    registry: registry ?? DEFAULT_REGISTRY,
    name: registry === null ? `${DEFAULT_REGISTRY}/${path.includes('/') ? path : `library/${path}`}` : path,
    tag: digest === null ? (tag ?? 'latest') : null,
    digest,
  };
}

export function fullName({ name, tag, digest }: Reference): string {
  return digest === null ? `${name}:${tag}` : `${name}@${digest}`;
}

/** The first part of a path is a registry if it could be a host name. */
function registryOf(path: string): string | null {
  const slash = path.indexOf('/');
  const first = slash < 0 ? '' : path.slice(0, slash);
  return first === 'localhost' || /[.:]/.test(first) ? first : null;
}
