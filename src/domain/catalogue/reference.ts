/** Image references as strings: what is pulled for an id, and the short forms by which people name an app. */

/** Letters, digits and `._-/:@` only, as image references are; at most 512 characters. */
const REFERENCE = /^[A-Za-z0-9][A-Za-z0-9._\-/:@]{0,511}$/;

export function isReference(text: string): boolean {
  return REFERENCE.test(text);
}

/** Whether the first part names a registry: it has a dot or a port, or is `localhost`. */
function hasRegistry(reference: string): boolean {
  const [first, ...rest] = reference.split('/');
  return rest.length > 0 && first !== undefined && (/[.:]/.test(first) || first === 'localhost');
}

/** What is pulled for a stored id: one without a registry means docker.io; its own single names live under `library/`. */
export function pullReference(id: string): string {
  if (/^sha256:[0-9a-f]{64}$/.test(id) || hasRegistry(id)) return id;
  return id.includes('/') ? `docker.io/${id}` : `docker.io/library/${id}`;
}

/** `ghcr.io/abcdesktopio/firefox.d:4.4` → `abcdesktopio/firefox.d:4.4`: the part people repeat when the registry moves. */
export function lastTwoParts(reference: string): string {
  return reference.split('/').slice(-2).join('/');
}

/** The repository's last part without tag or digest: `x/2048-alpine.d:3.0` → `2048-alpine.d`. */
export function repositoryName(reference: string): string {
  const last = reference.split('@')[0]?.split('/').at(-1) ?? reference;
  return last.split(':')[0] ?? last;
}
