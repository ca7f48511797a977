/**
 * `PUT` of a file manager. What the service can take at once goes straight through; a larger file, or one whose size isn't
 * known before its end, is written in parts under another name and gets its own at the end.
 */
import { randomBytes } from 'node:crypto';
import { PassThrough } from 'node:stream';
import { DeskpodError } from '#domain/errors.ts';
import { ignore } from '#protocol/ignore.ts';
import { emptyAnswer, type FilesAnswer } from '../files/answer.ts';
import { type Exchange, requireChangeable, requireRight } from '../files/exchange.ts';
import { failureOf, tooLarge } from '../files/failures.ts';
import { encodedPath, type FilePath, parentOf, shownPath } from '../files/paths.ts';
import { destinationUrl } from '../files/service.ts';
import { statOf } from '../files/stat.ts';
import { ANSWER_MS, brokenOff, MOST_PART_BYTES, upload } from '../files/upload.ts';
import { lockedSource } from './locks.ts';

/** Held in memory, one for each upload. */
const BLOCK_BYTES = 4 * 1024 * 1024;
const READ_BYTES = 64 * 1024;
const HASH_BYTES = 16;

export async function put(exchange: Exchange): Promise<FilesAnswer> {
  const { headers } = exchange.request;
  if (headers['content-range'] !== undefined)
    throw new DeskpodError('invalid_request', 'Parts of a file can’t be written.', { remedy: 'Send the whole file.' });
  const length = headers['content-length'];
  if (length !== undefined && Number(length) <= MOST_PART_BYTES) return await upload(exchange);
  // Finder's hint for bodies without a length.
  const announced = Number(length ?? headers['x-expected-entity-length'] ?? 0);
  return await inParts(exchange, announced);
}

async function inParts(exchange: Exchange, announced: number): Promise<FilesAnswer> {
  const maxBytes = requireRight(exchange, 'upload');
  requireChangeable(exchange, exchange.path);
  const { path, request, service, signal, events, claims, locks, pace, rooms } = exchange;
  const shown = shownPath(path);
  if (announced > maxBytes) throw tooLarge(shown, maxBytes);
  const present = path.length === 0 ? null : await statOf(exchange, path);
  if (path.length === 0 || present?.isFolder) throw new DeskpodError('invalid_request', `${shown} is a folder.`);
  if (present !== null && request.headers['if-none-match'] === '*') throw failureOf(412, shown);
  const part = [...parentOf(path), `.deskpod-${randomBytes(HASH_BYTES).toString('hex')}.part`];
  const takeRoom = (needed: number) => rooms.enter(claims.desktopId, claims.rights.upload?.room, needed);
  takeRoom(announced)(0);
  const coming = new PassThrough({ highWaterMark: READ_BYTES });
  try {
    await writeBlock(exchange, part, Buffer.alloc(0), null);
    let bytes = 0;
    pace()
      .move(request, coming)
      .then(() => coming.end())
      .catch((cause: unknown) => coming.destroy(errorOf(brokenOff(signal, cause))));
    for await (const block of blocksOf(coming)) {
      if (bytes + block.length > maxBytes) throw tooLarge(shown, maxBytes);
      const leave = takeRoom(block.length);
      await writeBlock(exchange, part, block, bytes).finally(() => leave(block.length));
      bytes += block.length;
    }
    const held = locks['if'] === undefined ? {} : { if: `${locks['if']} ${await lockedSource(exchange, part)}` };
    const headers = { destination: destinationUrl(encodedPath(path, 'file')), overwrite: 'T', ...held };
    const wish = { method: 'MOVE', path: encodedPath(part, 'file'), headers, answerMs: ANSWER_MS };
    const status = await service.status(wish, signal);
    if (status < 200 || status >= 300) throw failureOf(status, shown);
    events.fileUploaded(claims.userId, claims.desktopId, shown, bytes);
    return emptyAnswer(present === null ? 201 : 204);
  } catch (error) {
    const wish = { method: 'DELETE', path: encodedPath(part, 'file'), answerMs: ANSWER_MS };
    service.status(wish, AbortSignal.timeout(ANSWER_MS)).catch(ignore('the list of its folder removes it later'));
    throw error;
  } finally {
    coming.destroy();
  }
}

/** Null: makes the file, as the service writes parts only into files that are there. */
async function writeBlock(
  { service, signal }: Exchange,
  part: FilePath,
  block: Buffer,
  from: number | null,
): Promise<void> {
  const headers: Record<string, string> = { 'content-length': String(block.length) };
  if (from !== null) {
    const end = from + block.length;
    headers['content-range'] = `bytes ${from}-${end - 1}/${end}`;
  }
  const wish = { method: 'PUT', path: encodedPath(part, 'file'), headers, body: block, answerMs: ANSWER_MS };
  const status = await service.status(wish, signal);
  if (status < 200 || status >= 300) throw failureOf(status, shownPath(part));
}

async function* blocksOf(stream: AsyncIterable<unknown>): AsyncGenerator<Buffer> {
  let chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream) {
    const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
    chunks.push(bytes);
    length += bytes.length;
    if (length < BLOCK_BYTES) continue;
    yield Buffer.concat(chunks);
    [chunks, length] = [[], 0];
  }
  if (length > 0) yield Buffer.concat(chunks);
}

function errorOf(cause: unknown): Error {
  return cause instanceof Error ? cause : new Error(String(cause));
}
