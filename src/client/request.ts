/** One HTTP request of the API: headers, parsed reply, named errors. */
import { ignore } from '#protocol/ignore.ts';
import { ErrorBody } from '#protocol/errors.ts';
import type { z } from 'zod';
import { ApiError, ConnectionError, ReplyError } from './errors.ts';

export interface ClientOptions {
  /** Where the server is, without a slash at the end; `''` means the page's own origin. */
  readonly baseUrl: string;
  readonly fetch?: typeof fetch;
  /** A user token, for callers that have no cookie. */
  readonly token?: string;
  /** Milliseconds after which a request that has no answer fails; streams are not limited. Default 60,000. */
  readonly timeoutMs?: number;
}

export interface Call {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly body?: unknown;
  /** A body that isn't JSON. */
  readonly bytes?: { readonly type: string; readonly data: Uint8Array<ArrayBuffer> };
  readonly signal?: AbortSignal | undefined;
  readonly accept?: string;
  /** Takes as long as it takes: an archive of any size. */
  readonly unlimited?: boolean;
}

export type Send = (path: string, call?: Call) => Promise<Response>;

/** Sends to `/api/v1`; throws ApiError for every status but 2xx. */
export function createSend(options: ClientOptions): Send {
  const base = `${options.baseUrl}/api/v1`;
  return async (path, { method = 'GET', body, bytes, signal, accept = 'application/json', unlimited = false } = {}) => {
    const headers = new Headers({ accept });
    // The server takes no change without it: a form of another site cannot send it.
    if (method !== 'GET') headers.set('x-deskpod', '1');
    if (body !== undefined) headers.set('content-type', 'application/json');
    if (bytes !== undefined) headers.set('content-type', bytes.type);
    if (options.token) headers.set('authorization', `Bearer ${options.token}`);
    const ends = [
      signal,
      unlimited || accept === 'text/event-stream' ? undefined : AbortSignal.timeout(options.timeoutMs ?? 60_000),
    ];
    const init: RequestInit = {
      method,
      headers,
      credentials: 'same-origin',
      signal: AbortSignal.any(ends.filter((one) => one !== undefined)),
    };
    if (body !== undefined) init.body = JSON.stringify(body);
    if (bytes !== undefined) init.body = bytes.data;
    const response = await answer(options.fetch ?? fetch, base + path, init, signal);
    if (!response.ok) throw await refusal(response);
    return response;
  };
}

async function answer(fetcher: typeof fetch, url: string, init: RequestInit, signal: AbortSignal | undefined) {
  try {
    return await fetcher(url, init);
  } catch (cause) {
    signal?.throwIfAborted();
    throw new ConnectionError('The server does not answer. Check the network, then try again.', { cause });
  }
}

/** Why the server refused. Without a body of ours, the status decides the code. */
export async function refusal(response: Response): Promise<ApiError> {
  const body = ErrorBody.safeParse(
    await response.json().catch(ignore('the reply of another server has no JSON', null)),
  );
  if (body.success) return new ApiError(response.status, body.data);
  const code = response.status === 401 ? 'not_authenticated' : response.status === 404 ? 'not_found' : 'internal_error';
  return new ApiError(response.status, { error: { code, message: `The server answered ${response.status}.` } });
}

/** The reply as its schema says, else a ReplyError that names the first field that does not fit. */
export async function parseReply<Schema extends z.ZodType>(
  response: Response,
  schema: Schema,
): Promise<z.infer<Schema>> {
  const body: unknown = await response.json().catch((cause: unknown) => {
    throw new ReplyError('The answer of the server is not JSON.', { cause });
  });
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const where = parsed.error.issues[0];
  throw new ReplyError(
    `The answer of the server does not fit: ${where?.path.join('.') ?? ''} ${where?.message ?? ''}`.trim(),
  );
}
