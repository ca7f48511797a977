/** From `store.url` to what the driver wants: who waits how long, and TLS as PostgreSQL's own programs read `sslmode`. */
import type { ClientConfig } from 'pg';
import { DeskpodError } from '../../domain/errors.ts';

export const CONNECT_MS = 5_000;
/** The server gives up first and says so; the client does when nothing comes back at all. */
const STATEMENT_MS = 15_000;
const ANSWER_MS = 20_000;
const KEEP_ALIVE_MS = 5_000;
const SSL_MODES = new Set(['disable', 'require', 'verify-ca', 'verify-full']);

/** `url` as it is configured, with its password. */
export function clientConfig(url: string): ClientConfig {
  const address = new URL(url);
  const sslMode = address.searchParams.get('sslmode');
  if (sslMode !== null && !SSL_MODES.has(sslMode)) {
    throw new DeskpodError('internal_error', `The database address has sslmode=${sslMode}, which is not known here.`, {
      field: 'store.url',
      remedy: `Write one of ${[...SSL_MODES].join(', ')}; without it the connection is not encrypted.`,
    });
  }
  // Else the driver takes `require` for `verify-full`, and warns.
  if (sslMode !== null) address.searchParams.set('uselibpqcompat', 'true');
  return {
    connectionString: address.href,
    application_name: 'deskpod',
    connectionTimeoutMillis: CONNECT_MS,
    statement_timeout: STATEMENT_MS,
    query_timeout: ANSWER_MS,
    idle_in_transaction_session_timeout: ANSWER_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
  };
}

/** For people: never with user or password. */
export function placeOf(url: string): string {
  const { host, pathname, searchParams } = new URL(url);
  return `${searchParams.get('host') ?? host}${pathname}`;
}
