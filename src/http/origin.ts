/** Which pages may open a WebSocket: those this server served, and those the configuration names. */

/** Browsers send `Origin` with every WebSocket; programs may leave it out and prove themselves by token alone. */
export function allowedOrigin(
  others: readonly string[],
): (origin: string | undefined, host: string | undefined) => boolean {
  const named = new Set(others);
  return (origin, host) => {
    if (origin === undefined) return true;
    if (named.has(origin)) return true;
    return host !== undefined && URL.canParse(origin) && new URL(origin).host === host;
  };
}
