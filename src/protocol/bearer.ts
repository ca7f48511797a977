/** `Authorization: Bearer TOKEN` (RFC 6750). */

/** The token of the header's value; null without one. */
export function bearerToken(header: string | readonly string[] | undefined): string | null {
  return typeof header === 'string' ? (/^Bearer +(.+)$/i.exec(header)?.[1] ?? null) : null;
}
