/** Which pages may open a WebSocket: this server's own, and those of the configured origins. */
import { isFromOwnPage, originText, type PageHeaders, parseOrigin } from '#domain/server/authority.ts';
import { logThrottle } from '#domain/server/log-throttle.ts';
import { DeskpodError } from '#domain/errors.ts';
import type { LogFields } from '#events';

const LONGEST_SHOWN = 300;

export type AllowedOrigin = (headers: PageHeaders) => boolean;

/** Logs refused origins with the setting that would allow them. */
export function originPolicy(
  allowedOrigins: readonly string[],
  warn: (message: string, fields: LogFields) => void,
): AllowedOrigin {
  const allowed = new Set(allowedOrigins.map(canonical));
  const isDue = logThrottle();
  return (headers) => {
    const { origin, host } = headers;
    if (origin === undefined || isFromOwnPage(headers)) return true;
    const from = canonical(origin);
    if (allowed.has(from)) return true;
    if (isDue(from)) {
      warn('refused a page: its origin is neither this server nor in listen.allowedOrigins', {
        origin: from,
        host: host ?? null,
        setting: 'listen.allowedOrigins',
      });
    }
    return false;
  };
}

/** What such a page shows its user. */
export function originRefused(origin: string | undefined): DeskpodError {
  return new DeskpodError('forbidden', `This address, ${(origin ?? '').slice(0, LONGEST_SHOWN)}, isn’t accepted.`, {
    remedy: 'Ask the administrator to add it to listen.allowedOrigins.',
  });
}

function canonical(origin: string): string {
  const parsed = parseOrigin(origin);
  return parsed === null ? origin.slice(0, LONGEST_SHOWN) : originText(parsed);
}
