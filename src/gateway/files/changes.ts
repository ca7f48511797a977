/**
 * `MKCOL`, `DELETE`, `MOVE`, `COPY`. The service wants a final slash after folders only, and merges folders: so each change
 * first finds out what there is.
 */
import { DeskpodError } from '#domain/errors.ts';
import { emptyAnswer, type FilesAnswer } from './answer.ts';
import { type Exchange, requireChangeable, requireRight } from './exchange.ts';
import { failureOf, tooLarge } from './failures.ts';
import type { Entry } from './listing.ts';
import { destinationOf, encodedPath, type FilePath, isPart, shownPath } from './paths.ts';
import { destinationUrl } from './service.ts';
import { statOf } from './stat.ts';

/** Copying a home takes as long as its disk. */
const ANSWER_MS = 600_000;
const MULTI_STATUS = 207;

export async function makeFolder(exchange: Exchange): Promise<FilesAnswer> {
  requireRight(exchange, 'upload');
  requireChangeable(exchange, exchange.path);
  const { path, service, signal, locks: headers } = exchange;
  refuseHome(path);
  const wish = { method: 'MKCOL', path: encodedPath(path, 'folder'), headers, answerMs: ANSWER_MS };
  return finished(await service.status(wish, signal), path);
}

export async function remove(exchange: Exchange): Promise<FilesAnswer> {
  requireRight(exchange, 'upload');
  requireChangeable(exchange, exchange.path);
  const { path, service, signal, locks: headers } = exchange;
  refuseHome(path);
  const { isFolder } = await existing(exchange);
  const wish = { method: 'DELETE', path: encodedPath(path, kindOf(isFolder)), headers, answerMs: ANSWER_MS };
  return finished(await service.status(wish, signal), path);
}

/** Never replaces a folder, and a file only without `Overwrite: F`. */
export async function moveOrCopy(exchange: Exchange): Promise<FilesAnswer> {
  const maxBytes = requireRight(exchange, 'upload');
  const { request, path, prefix, root, locks, service, signal, events, claims } = exchange;
  const { host, overwrite = 'T' } = request.headers;
  const to = destinationOf(headerOf(request.headers['destination']), host, prefix, root);
  refuseHome(path);
  refuseHome(to);
  requireChangeable(exchange, to);
  if (request.method === 'MOVE') requireChangeable(exchange, path);
  const { isFolder, bytes } = await existing(exchange);
  const isUpload = isPart(path) && !isPart(to) && request.method === 'MOVE';
  if (isUpload && bytes > maxBytes) throw tooLarge(shownPath(to), maxBytes);
  if (isPart(path) && request.method === 'COPY')
    throw new DeskpodError('conflict', `${shownPath(path)} is an upload that hasn’t finished.`);
  const taken = await statOf(exchange, to);
  if (taken !== null && (taken.isFolder || isFolder || overwrite !== 'T')) throw failureOf(412, shownPath(to));
  const kind = kindOf(isFolder);
  const headers = {
    destination: destinationUrl(encodedPath(to, kind)),
    overwrite: overwrite === 'T' ? 'T' : 'F',
    depth: 'infinity',
    ...locks,
  };
  const wish = { method: request.method ?? '', path: encodedPath(path, kind), headers, answerMs: ANSWER_MS };
  const status = await service.status(wish, signal);
  if (status === 403) throw new DeskpodError('forbidden', `${shownPath(path)} can’t be put at ${shownPath(to)}.`);
  const answer = finished(status, to, taken === null ? 201 : 204);
  if (isUpload) exchange.unfinished.finished(claims.desktopId, shownPath(path));
  if (isUpload) events.fileUploaded(claims.userId, claims.desktopId, shownPath(to), bytes);
  return answer;
}

async function existing(exchange: Exchange): Promise<Entry> {
  const { path } = exchange;
  const found = await statOf(exchange, path);
  if (found === null) throw failureOf(404, shownPath(path));
  return found;
}

/** The service's 200 and 204 for a new file differ by version. */
function finished(status: number, path: FilePath, success = status): FilesAnswer {
  if (status === MULTI_STATUS)
    throw new DeskpodError('conflict', `Not everything in ${shownPath(path)} could be changed.`, {
      remedy: 'Check the permissions of its files.',
    });
  if (status < 200 || status >= 300) throw failureOf(status, shownPath(path));
  return emptyAnswer(success === 200 ? 204 : success);
}

function refuseHome(path: FilePath): void {
  if (path.length === 0) throw new DeskpodError('forbidden', 'The home folder itself can’t be changed.');
}

function kindOf(isFolder: boolean): 'file' | 'folder' {
  return isFolder ? 'folder' : 'file';
}

export function headerOf(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
