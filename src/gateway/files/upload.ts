/**
 * `PUT`: a whole file, or a part of one under the name of an upload (`Content-Range`). The service makes a whole file
 * visible at its end; parts become a file by `MOVE`.
 */
import type { Writable } from 'node:stream';
import { DeskpodError } from '#domain/errors.ts';
import { emptyAnswer, type FilesAnswer } from './answer.ts';
import { type Exchange, pick, requireChangeable, requireRight } from './exchange.ts';
import { failureOf, tooLarge } from './failures.ts';
import { encodedPath, isPart, shownPath } from './paths.ts';
import { statOf } from './stat.ts';

/** The service collects each part in its `/tmp` first. */
export const MOST_PART_BYTES = 64 * 1024 * 1024;
/** After the last byte. */
export const ANSWER_MS = 120_000;
const CONDITIONS = ['if-none-match'];

interface Range {
  readonly from: number;
  readonly to: number;
  readonly total: number;
}

export async function upload(exchange: Exchange): Promise<FilesAnswer> {
  const { request, path, events, claims } = exchange;
  const maxBytes = requireRight(exchange, 'upload');
  requireChangeable(exchange, path);
  const shown = shownPath(path);
  if (path.length === 0) throw new DeskpodError('invalid_request', 'The home folder isn’t a file.');
  const length = lengthOf(request.headers['content-length']);
  const range = rangeOf(request.headers['content-range']);
  if ((range?.total ?? length) > maxBytes) throw tooLarge(shown, maxBytes);
  if (range === null) {
    const answer = await put(exchange, length, length, pick(request, CONDITIONS));
    if (!isPart(path)) events.fileUploaded(claims.userId, claims.desktopId, shown, length);
    return answer;
  }
  await checkPart(exchange, range, length);
  const contentRange = `bytes ${range.from}-${range.to}/${range.total}`;
  // Better refused at the first part than at the last.
  return put(exchange, length, range.from === 0 ? range.total : length, { 'content-range': contentRange });
}

/** Makes the file if it is the first part: the service writes only into files that are there. */
async function checkPart(exchange: Exchange, { from, to, total }: Range, length: number): Promise<void> {
  const { path, service, signal } = exchange;
  const shown = shownPath(path);
  if (!isPart(path))
    throw new DeskpodError('invalid_request', 'Parts can be written only to names like .deskpod-0123abcd.part.');
  if (to < from || to >= total || to - from + 1 !== length)
    throw new DeskpodError('invalid_request', 'Content-Range doesn’t match the length of the body.');
  if (length > MOST_PART_BYTES) throw tooLarge(`This part of ${shown}`, MOST_PART_BYTES);
  if (from > 0) {
    const known = await statOf(exchange, path);
    if (known === null) throw failureOf(404, shown);
    if (known.bytes < from)
      throw new DeskpodError('conflict', `Of ${shown}, only ${known.bytes} bytes have arrived.`, {
        remedy: 'Continue from there.',
      });
    return;
  }
  const headers = { 'content-length': '0', 'if-none-match': '*' };
  const wish = { method: 'PUT', path: encodedPath(path, 'file'), headers, answerMs: ANSWER_MS };
  const status = await service.status(wish, signal);
  if (status >= 300 && status !== 412) throw failureOf(status, shown);
}

async function put(
  { request, path, service, signal, pace, claims, locks, rooms, unfinished }: Exchange,
  length: number,
  needed: number,
  conditions: Readonly<Record<string, string>>,
): Promise<FilesAnswer> {
  const moving = pace();
  const body = async (sink: Writable): Promise<void> => {
    await moving.move(request, sink, true).catch((cause: unknown) => {
      throw brokenOff(signal, cause);
    });
  };
  const headers = { ...conditions, ...locks, 'content-length': String(length) };
  const wish = { method: 'PUT', path: encodedPath(path, 'file'), headers, body, answerMs: ANSWER_MS };
  const leave = rooms.enter(claims.desktopId, claims.rights.upload?.room, length, needed);
  const answer = await service.request(wish, signal).finally(() => {
    leave(moving.bytes);
    if (isPart(path)) unfinished.received(claims.userId, claims.desktopId, shownPath(path), moving.bytes);
  });
  const { statusCode: status = 0, headers: said } = answer;
  answer.resume();
  if (status >= 300) throw failureOf(status, shownPath(path));
  return emptyAnswer(status === 201 ? 201 : 204, typeof said.etag === 'string' ? { etag: said.etag } : {});
}

/** Why the body of an upload didn't come to its end. */
export function brokenOff(signal: AbortSignal, cause: unknown): unknown {
  if (signal.aborted) return signal.reason;
  return cause instanceof DeskpodError
    ? cause
    : new DeskpodError('invalid_request', 'The upload was broken off.', { cause });
}

function lengthOf(header: string | undefined): number {
  if (header === undefined)
    throw new DeskpodError('invalid_request', 'The header Content-Length is missing.', {
      remedy: 'Send the size of the file with it, or the file in parts.',
    });
  return Number(header);
}

/** RFC 9110, section 14.4; the total has to be known. */
function rangeOf(header: string | undefined): Range | null {
  if (header === undefined) return null;
  const [, from, to, total] = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15})$/.exec(header) ?? [];
  if (total === undefined)
    throw new DeskpodError('invalid_request', 'Content-Range isn’t of the form bytes 0-4194303/73400320.');
  return { from: Number(from), to: Number(to), total: Number(total) };
}
