/** What the gateway answers to a request for files; the HTTP side sends it. */
import type { Writable } from 'node:stream';
import type { DeskpodError } from '#domain/errors.ts';

export interface FilesAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | SentBody | null;
}

/** Called once, with where it goes. Rejects if it breaks off; neither ends nor destroys the sink. */
export type SentBody = (sink: Writable) => Promise<void>;

export function emptyAnswer(status: number, headers: Readonly<Record<string, string>> = {}): FilesAnswer {
  return { status, headers: { ...PROTECTION, 'cache-control': 'no-store', ...headers }, body: null };
}

/** For a status that differs from that of the error's code. */
export function errorAnswer(
  status: number,
  error: DeskpodError,
  headers: Readonly<Record<string, string>> = {},
): FilesAnswer {
  const type = { 'content-type': 'application/json; charset=utf-8' };
  return { ...emptyAnswer(status, { ...type, ...headers }), body: JSON.stringify(error.toBody()) };
}

/** A user's file is never a page of this server: no script, no form, nothing of the session. */
const SANDBOX =
  "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; media-src 'self'; frame-ancestors 'self'";

export const PROTECTION: Readonly<Record<string, string>> = {
  'content-security-policy': SANDBOX,
  'x-content-type-options': 'nosniff',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
};
