/** From `store.url` to the driver's options: timeouts, and `sslmode` as in PostgreSQL's own programs. */
import type { ClientConfig } from 'pg';
import { DeskpodError } from '#domain/errors.ts';

export const CONNECT_MS = 5_000;
/** The server's timeout comes first, with an error message; the client's covers a silent server. */
const STATEMENT_MS = 15_000;
const ANSWER_MS = 20_000;
const KEEP_ALIVE_MS = 5_000;
const SSL_MODES = new Set(['disable', 'require', 'verify-ca', 'verify-full']);

/** `url` as configured, with its password. */
export function clientConfig(url: string): ClientConfig {
  const address = new URL(url);
  const sslMode = address.searchParams.get('sslmode');
  if (sslMode !== null && !SSL_MODES.has(sslMode)) {
    throw new DeskpodError('internal_error', `The database address has sslmode=${sslMode}, which is not known here.`, {
      field: 'store.url',
      remedy: `Write one of ${[...SSL_MODES].join(', ')}; without it the connection is not encrypted.`,
    });
  }
  // Otherwise the driver treats `require` as `verify-full`, and warns.
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

/** For messages: without user and password. */
export function databaseNameOf(url: string): string {
  const { host, pathname, searchParams } = new URL(url);
  return `${searchParams.get('host') ?? host}${pathname}`;
}
