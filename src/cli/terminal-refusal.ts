/** Why the server did not open a terminal: an upgrade that is refused has an answer with a body, as requests have. */
import type { IncomingMessage } from 'node:http';
import { ApiError } from '#client/errors.ts';
import { ErrorBody } from '#protocol/errors.ts';
import { CliError } from './failure.ts';
import { readAll } from './io.ts';

const BODY_TIMEOUT_MS = 10_000;

/** What the server said instead of opening it. */
export async function refusalOf(response: IncomingMessage): Promise<Error> {
  const status = response.statusCode ?? 0;
  const late = setTimeout(() => response.destroy(), BODY_TIMEOUT_MS);
  const body = ErrorBody.safeParse(await jsonOf(response).finally(() => clearTimeout(late)));
  if (body.success) return new ApiError(status, body.data);
  return new CliError(`The server refused to open a terminal and answered ${status}.`);
}

async function jsonOf(response: IncomingMessage): Promise<unknown> {
  try {
    return JSON.parse(await readAll(response));
  } catch {
    return null;
  }
}
