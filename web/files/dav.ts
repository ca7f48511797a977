/** The requests of the Files panel: WebDAV below `/files/`. Failures are those of the API client. */
import { ApiError, ConnectionError, ReplyError } from '#client/errors.ts';
import { refusal } from '#client/request.ts';
import { FILES_PATH, FoundFiles } from '#protocol/files.ts';
import { t } from '../ui/strings/catalogue.ts';
import { serverUrl } from '../ui/server-url.ts';
import { currentAccess, renewAccess } from './access.ts';
import type { Entry, Transfer } from './entry.ts';
import { type Listing, parseEntry, parseListing, PROPFIND } from './multistatus.ts';
import { forgetOwn, noteOwn } from './own-files.ts';
import { encoded, HOME } from './paths.ts';

const TIMEOUT_MS = 60_000;
/** Copies of large folders, and parts over slow lines. */
const LONG_MS = 15 * 60_000;
/** Of the answer to a listing. */
const MAX_LISTING_BYTES = 64 * 1024 * 1024;
const UNAUTHENTICATED = 401;
const NOT_FOUND = 404;
const NOT_ALLOWED = 405;
const TAKEN = 412;

interface Request {
  readonly method: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: BodyInit;
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number;
}

/** The URL of a file, for links and media elements. */
export const fileUrl = (path: string, query = ''): string => serverUrl(encoded(path)).href + query;

export async function listFolder(folder: string, signal?: AbortSignal): Promise<Listing> {
  const listing = parseListing(
    await propfind(folder === HOME ? encoded(HOME) : `${encoded(folder)}/`, '1', signal),
    folder,
  );
  if (listing === null) throw new ReplyError('The list of files does not fit.');
  return listing;
}

/** Null if nothing has this path. */
export async function findEntry(path: string, signal?: AbortSignal): Promise<Entry | null> {
  try {
    return parseEntry(await propfind(encoded(path), '0', signal), path);
  } catch (error) {
    if (isStatus(error, NOT_FOUND)) return null;
    throw error;
  }
}

/** Creates it, unless it exists. False if it does. */
export async function createFolder(path: string, signal?: AbortSignal): Promise<boolean> {
  try {
    await send(`${encoded(path)}/`, { method: 'MKCOL', signal });
    return true;
  } catch (error) {
    if (isTaken(error) || isStatus(error, NOT_ALLOWED)) return false;
    throw error;
  }
}

/** With all folders that it lies in. */
export async function createFolders(paths: readonly string[], signal?: AbortSignal): Promise<void> {
  for (const path of paths) await createFolder(path, signal);
}

/** False if the target exists and isn't to be replaced. */
export async function transfer(
  method: Transfer,
  from: string,
  to: string,
  replace: boolean,
  signal?: AbortSignal,
): Promise<boolean> {
  const headers = { destination: encoded(to), overwrite: replace ? 'T' : 'F' };
  noteOwn(to);
  try {
    await send(encoded(from), { method, headers, signal, timeoutMs: LONG_MS });
    return true;
  } catch (error) {
    if (!isTaken(error)) throw error;
    forgetOwn(to);
    return false;
  }
}

/** Also if it's gone already. */
export async function removeForGood(path: string, signal?: AbortSignal): Promise<void> {
  try {
    await send(encoded(path), { method: 'DELETE', signal, timeoutMs: LONG_MS });
  } catch (error) {
    if (!isStatus(error, NOT_FOUND)) throw error;
  }
}

/** False if a file of this name exists. */
export async function createFile(path: string, text: string, signal?: AbortSignal): Promise<boolean> {
  try {
    await send(encoded(path), { method: 'PUT', headers: { 'if-none-match': '*' }, body: text, signal });
    return true;
  } catch (error) {
    if (isTaken(error)) return false;
    throw error;
  }
}

export async function sizeOfPart(path: string, signal?: AbortSignal): Promise<number | null> {
  try {
    const { headers } = await send(encoded(path), { method: 'HEAD', signal });
    const size = /^\d{1,15}$/.exec(headers.get('content-length') ?? '')?.[0];
    if (size === undefined) throw new ReplyError('The answer of the server has no size.');
    return Number(size);
  } catch (error) {
    if (isStatus(error, NOT_FOUND)) return null;
    throw error;
  }
}

/** `of` is the size of the whole file; null: the body is all of it. */
export async function putPart(
  path: string,
  body: Blob,
  from: number,
  of: number | null,
  signal: AbortSignal,
): Promise<void> {
  const range = of === null ? {} : { 'content-range': `bytes ${from}-${from + body.size - 1}/${of}` };
  const headers = { 'content-type': 'application/octet-stream', ...range };
  await send(encoded(path), { method: 'PUT', headers, body, signal, timeoutMs: LONG_MS });
}

/** The first `most` bytes as text; what isn't UTF-8 becomes replacement characters. */
export async function readText(path: string, most: number, signal?: AbortSignal): Promise<string> {
  const response = await send(encoded(path), { method: 'GET', headers: { range: `bytes=0-${most - 1}` }, signal });
  return new TextDecoder().decode(await firstBytes(response, most));
}

/** The files of the home folder whose names have these words. */
export async function findByName(query: string, signal: AbortSignal): Promise<FoundFiles> {
  const response = await send(`${FILES_PATH}?find=${encodeURIComponent(query)}`, { method: 'GET', signal });
  const found = FoundFiles.safeParse(await response.json());
  if (!found.success) throw new ReplyError('The answer to the search does not fit.');
  return found.data;
}

/** The bytes of a file from `from` on. */
export async function readStream(
  path: string,
  from: number,
  signal: AbortSignal,
): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
  const headers: Record<string, string> = from === 0 ? {} : { range: `bytes=${from}-` };
  const { body, status } = await send(encoded(path), { method: 'GET', headers, signal, timeoutMs: 0 });
  if (body === null || (from > 0 && status !== 206)) throw new ReplyError('The answer of the server has no content.');
  return body;
}

async function propfind(path: string, depth: '0' | '1', signal: AbortSignal | undefined): Promise<Element> {
  const headers = { depth, 'content-type': 'application/xml' };
  const response = await send(path, { method: 'PROPFIND', headers, body: PROPFIND, signal });
  const text = new TextDecoder().decode(await firstBytes(response, MAX_LISTING_BYTES));
  return new DOMParser().parseFromString(text, 'application/xml').documentElement;
}

async function send(path: string, request: Request): Promise<Response> {
  await currentAccess();
  const response = await once(path, request);
  const answer = response.status === UNAUTHENTICATED ? await renewed(path, request) : response;
  // The session is in order, or the renewal would have failed.
  if (answer.status === UNAUTHENTICATED)
    throw new ApiError(403, { error: { code: 'forbidden', message: t.files.noCookie } });
  if (!answer.ok) throw await refusal(answer);
  // Read, as browsers report a cancelled answer as a failed request.
  if (request.method !== 'GET' && request.method !== 'PROPFIND') await answer.arrayBuffer();
  return answer;
}

async function renewed(path: string, request: Request): Promise<Response> {
  await renewAccess();
  return await once(path, request);
}

async function once(path: string, { method, headers = {}, body, signal, timeoutMs = TIMEOUT_MS }: Request) {
  const ends = [signal, timeoutMs === 0 ? undefined : AbortSignal.timeout(timeoutMs)].filter(
    (one) => one !== undefined,
  );
  const init: RequestInit = {
    method,
    headers: { ...headers, 'x-deskpod': '1' },
    credentials: 'same-origin',
    cache: 'no-store',
    signal: AbortSignal.any(ends),
  };
  if (body !== undefined) init.body = body;
  try {
    return await fetch(serverUrl(path), init);
  } catch (cause) {
    signal?.throwIfAborted();
    throw new ConnectionError('The server does not answer. Check the network, then try again.', { cause });
  }
}

/** The rest of a longer answer isn't read. */
async function firstBytes({ body }: Response, most: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of body ?? []) {
    parts.push(part);
    size += part.length;
    if (size >= most) break;
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes.subarray(0, most);
}

/** Whatever status a server gives it: RFC 4918 says 412. */
const isTaken = (error: unknown): boolean =>
  isStatus(error, TAKEN) || (error instanceof ApiError && error.code === 'name_taken');

export const isStatus = (error: unknown, status: number): boolean =>
  error instanceof ApiError && error.status === status;
