/** What went wrong with the database: whether it passes, whether the connection is gone, and the sentence for people. */
import { DeskpodError } from '../../domain/errors.ts';

/** Of the network and of a database that stops, starts or is full (PostgreSQL, appendix A): they pass. */
const PASSING = new Set(
  [
    'ECONNREFUSED ECONNRESET EPIPE ENOTFOUND EAI_AGAIN ETIMEDOUT EHOSTUNREACH ENETUNREACH ENOENT',
    '57P01 57P02 57P03 53300 08000 08001 08003 08004 08006',
  ].flatMap((codes) => codes.split(' ')),
);
/** Words of the driver, which gives these no code. */
const UNSENT = /not queryable|Client was closed/i;
const CUT = /Connection terminated|timeout e|timed out/i;
const NO_ANSWER = /Query read timeout/i;

/** Whether a connection may be had a moment later. */
export function passes(error: unknown): boolean {
  return PASSING.has(codeOf(error)) || CUT.test(messageOf(error)) || UNSENT.test(messageOf(error));
}

/** Null: the connection is as good as before. `unsent`: the database never saw the statement. */
export function lossOf(error: unknown): 'unsent' | 'in_flight' | 'no_answer' | null {
  const message = messageOf(error);
  if (UNSENT.test(message)) return 'unsent';
  if (NO_ANSWER.test(message)) return 'no_answer';
  return passes(error) ? 'in_flight' : null;
}

/** Only what is about reaching the database is put in words; a statement that it refuses stays as it is. */
export function inWords(error: unknown, place: string): unknown {
  if (error instanceof DeskpodError) return error;
  const code = codeOf(error);
  const say = (what: string, remedy: string): DeskpodError =>
    new DeskpodError('store_unavailable', `The database ${place} ${what}.`, {
      field: 'store.url',
      remedy,
      cause: error,
    });
  const message = messageOf(error);
  if (code === '28P01' || code === '28000')
    return say(`refuses the login: ${message}`, 'Correct the user and password in store.url (DESKPOD_DATABASE_URL).');
  if (code === '3D000')
    return say(`does not exist: ${message}`, 'Make it with createdb, or correct the name in store.url.');
  if (code === '42501')
    return say(`does not let its user make tables: ${message}`, 'Make that user the owner of the database.');
  if (code === '57014' || NO_ANSWER.test(message))
    return say(`did not answer in time: ${message}`, 'Look at its load and at the network between.');
  if (/SSL|certificate|self-signed|altnames/i.test(`${code} ${message}`))
    return say(`cannot be reached: ${message}`, 'Correct sslmode and sslrootcert in store.url.');
  if (passes(error)) {
    const remedy = 'Start it, or correct store.url (DESKPOD_DATABASE_URL).';
    return say(`cannot be reached: ${message}`, remedy);
  }
  return error;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

function messageOf(error: unknown): string {
  // Several addresses were tried: the error of all has no words of its own.
  if (error instanceof AggregateError && error.errors.length > 0) return messageOf(error.errors[0]);
  return error instanceof Error ? error.message : String(error);
}
