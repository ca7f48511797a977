/** Which pages may open a WebSocket: those that this server itself served. */

/** A request without an Origin comes from no page: the credential it carries decides alone. */
export function sameOrigin(origin: string | undefined, host: string | undefined): boolean {
  if (origin === undefined) return true;
  const url = URL.parse(origin);
  return url !== null && host !== undefined && url.host === host.toLowerCase();
}
