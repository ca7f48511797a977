/** The error of a refused terminal: a refused upgrade has a response body, like any request. */
import type { IncomingMessage } from 'node:http';
import { ApiError } from '#client/errors.ts';
import { parseJson } from '#protocol/json.ts';
import { ignore } from '#protocol/ignore.ts';
import { ErrorBody } from '#protocol/errors.ts';
import { CliError } from './failure.ts';
import { readAll } from './io.ts';

const BODY_TIMEOUT_MS = 10_000;

/** The server's error as an exception. */
export async function refusalOf(response: IncomingMessage): Promise<Error> {
  const status = response.statusCode ?? 0;
  const late = setTimeout(() => response.destroy(), BODY_TIMEOUT_MS);
  const body = ErrorBody.safeParse(await jsonOf(response).finally(() => clearTimeout(late)));
  if (body.success) return new ApiError(status, body.data);
  return new CliError(`The server refused to open a terminal (status ${status}).`);
}

/** Null for a reply that breaks off or has no JSON. */
async function jsonOf(response: IncomingMessage): Promise<unknown> {
  return await readAll(response).then(parseJson, ignore('the status alone says enough', null));
}
