/** Database errors: whether they are transient, whether the connection is gone, and the message for administrators. */
import { DeskpodError } from '#domain/errors.ts';

/** Transient codes of the network and of a database that stops, starts or is full (PostgreSQL, appendix A). */
const PASSING = new Set(
  [
    'ECONNREFUSED ECONNRESET EPIPE ENOTFOUND EAI_AGAIN ETIMEDOUT EHOSTUNREACH ENETUNREACH ENOENT',
    '57P01 57P02 57P03 53300 08000 08001 08003 08004 08006',
  ].flatMap((codes) => codes.split(' ')),
);
/** Messages of the driver for errors without a code. */
const UNSENT = /not queryable|Client was closed/i;
const CUT = /Connection terminated|timeout e|timed out/i;
const NO_ANSWER = /Query read timeout/i;

/** Whether another attempt to connect may succeed. */
export function passes(error: unknown): boolean {
  return PASSING.has(codeOf(error)) || CUT.test(messageOf(error)) || UNSENT.test(messageOf(error));
}

/** Null: the connection still works. `unsent`: the database never received the statement. */
export function lossOf(error: unknown): 'unsent' | 'in_flight' | 'no_answer' | null {
  const message = messageOf(error);
  if (UNSENT.test(message)) return 'unsent';
  if (NO_ANSWER.test(message)) return 'no_answer';
  return passes(error) ? 'in_flight' : null;
}

/** Connection errors get a message and a remedy; errors of statements stay as they are. */
export function toStoreError(error: unknown, database: string): unknown {
  if (error instanceof DeskpodError) return error;
  const code = codeOf(error);
  const failure = (what: string, remedy: string): DeskpodError =>
    new DeskpodError('store_unavailable', `The database ${database} ${what}.`, {
      field: 'store.url',
      remedy,
      cause: error,
    });
  const message = messageOf(error);
  if (code === '28P01' || code === '28000')
    return failure(
      `refuses the login: ${message}`,
      'Correct the user and password in store.url (DESKPOD_DATABASE_URL).',
    );
  if (code === '3D000')
    return failure(`does not exist: ${message}`, 'Create it with createdb, or correct the name in store.url.');
  if (code === '42501')
    return failure(`does not let its user create tables: ${message}`, 'Make that user the owner of the database.');
  if (code === '57014' || NO_ANSWER.test(message))
    return failure(`did not answer in time: ${message}`, 'Check its load and the network.');
  if (/SSL|certificate|self-signed|altnames/i.test(`${code} ${message}`))
    return failure(`can’t be reached: ${message}`, 'Correct sslmode and sslrootcert in store.url.');
  if (passes(error)) {
    const remedy = 'Start it, or correct store.url (DESKPOD_DATABASE_URL).';
    return failure(`can’t be reached: ${message}`, remedy);
  }
  return error;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

function messageOf(error: unknown): string {
  // After several addresses, the aggregate error has no message of its own.
  if (error instanceof AggregateError && error.errors.length > 0) return messageOf(error.errors[0]);
  return error instanceof Error ? error.message : String(error);
}
