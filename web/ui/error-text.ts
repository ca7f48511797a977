/** Errors as sentences for the user. */
import { ApiError, ConnectionError } from '#client/errors.ts';
import { t } from './strings/catalogue.ts';

/** The server's message with its remedy, or why the server could not be reached. */
export function errorText(error: unknown): string {
  if (error instanceof ApiError) return error.remedy ? `${error.message} ${error.remedy}` : error.message;
  if (error instanceof ConnectionError) return t.notices.noAnswer;
  console.error(error);
  return error instanceof Error ? error.message : t.notices.unnamed;
}
