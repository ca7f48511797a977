/**
 * `LOCK`, `UNLOCK` and `PROPPATCH`: the files service answers, and the gateway gives its addresses. The service forgets
 * locks when it stops for lack of use; a program that still sends one then goes on as if nobody had locked the file.
 */
import { buffer } from 'node:stream/consumers';
import { DeskpodError } from '#domain/errors.ts';
import { emptyAnswer, type FilesAnswer, PROTECTION } from '../files/answer.ts';
import { type Exchange, pick, requireChangeable, requireRight } from '../files/exchange.ts';
import { failureOf } from '../files/failures.ts';
import { addressOf, withRoot } from '../files/listing.ts';
import { encodedPath, type FilePath, shownPath } from '../files/paths.ts';
import { destinationUrl } from '../files/service.ts';

const ANSWER_MS = 60_000;
const MOST_ASKED_BYTES = 64 * 1024;
const MOST_ANSWERED_BYTES = 1024 * 1024;
const MOST_LOCKS = 16;
/** As the service makes them. */
const TOKEN = /<((?:opaquelocktoken|urn:uuid):[0-9a-fA-F-]{36})>/g;
const LOCK =
  '<?xml version="1.0"?><lockinfo xmlns="DAV:"><lockscope><exclusive/></lockscope><locktype><write/></locktype></lockinfo>';
const LOCKS = '<?xml version="1.0"?><propfind xmlns="DAV:"><prop><lockdiscovery/></prop></propfind>';

/** The header `If` of the request, as far as its locks still exist, for the service. */
export async function heldLocks(exchange: Exchange, paths: readonly FilePath[]): Promise<Record<string, string>> {
  const { request, service, signal } = exchange;
  const given = request.headers.if;
  const tokens = [...new Set(typeof given === 'string' ? [...given.matchAll(TOKEN)].map(([, token]) => token) : [])];
  if (tokens.length === 0) return {};
  if (tokens.length > MOST_LOCKS) throw new DeskpodError('invalid_request', `More than ${MOST_LOCKS} locks at once.`);
  const headers = { depth: '0', 'content-type': 'application/xml', 'content-length': String(LOCKS.length) };
  const held = await Promise.all(
    paths.map(async (path) => {
      const at = encodedPath(path, 'file');
      const wish = { method: 'PROPFIND', path: at, headers, body: LOCKS, answerMs: ANSWER_MS };
      const { text } = await service.read(wish, MOST_ANSWERED_BYTES, signal);
      // With its path: a lock of the destination isn't one of the source.
      const known = tokens.filter((token) => token !== undefined && text.includes(token));
      return known.map((token) => `<${destinationUrl(at)}> (<${token}>)`);
    }),
  );
  const [source = [], destination = []] = held;
  const all = held.flat();
  if (all.length === 0) return {};
  const isMoved = request.method === 'MOVE' && source.length === 0 && destination.length > 0;
  return { if: [...all, ...(isMoved ? [await lockedSource(exchange, exchange.path)] : [])].join(' ') };
}

/**
 * For `If` of a move onto a file that is locked: the service then wants a lock of the source, too. The lock ends with the
 * move, or soon if that fails.
 */
export async function lockedSource({ service, signal }: Exchange, path: FilePath): Promise<string> {
  const at = encodedPath(path, 'file');
  const length = String(Buffer.byteLength(LOCK));
  const headers = { depth: '0', timeout: 'Second-30', 'content-type': 'application/xml', 'content-length': length };
  const wish = { method: 'LOCK', path: at, headers, body: LOCK, answerMs: ANSWER_MS };
  const { status, headers: said } = await service.read(wish, MOST_ANSWERED_BYTES, signal);
  const token = said['lock-token'];
  if (status >= 300 || typeof token !== 'string') throw failureOf(status, shownPath(path));
  return `<${destinationUrl(at)}> (${token})`;
}

export async function lock(exchange: Exchange): Promise<FilesAnswer> {
  // To refresh a lock, the service wants it without its path.
  const held = exchange.locks['if']?.replace(/^<[^>]*> /, '');
  const locks = held === undefined ? {} : { if: held };
  return await asked({ ...exchange, locks }, ['depth', 'timeout'], [200, 201]);
}

export async function setProperties(exchange: Exchange): Promise<FilesAnswer> {
  return await asked(exchange, [], [200, 204, 207]);
}

/** A lock that is gone needs no unlocking. */
export async function unlock(exchange: Exchange): Promise<FilesAnswer> {
  requireRight(exchange, 'upload');
  const { request, path, service, signal } = exchange;
  const headers = pick(request, ['lock-token']);
  const wish = { method: 'UNLOCK', path: encodedPath(path, 'file'), headers, answerMs: ANSWER_MS };
  const status = await service.status(wish, signal);
  if (status === 423) throw failureOf(status, shownPath(path));
  return emptyAnswer(204);
}

async function asked(
  exchange: Exchange,
  passed: readonly string[],
  successes: readonly number[],
): Promise<FilesAnswer> {
  requireRight(exchange, 'upload');
  requireChangeable(exchange, exchange.path);
  const { request, path, prefix, root, service, signal, locks } = exchange;
  const body = await bodyOf(exchange);
  const headers = {
    ...pick(request, passed),
    ...locks,
    ...(body === '' ? {} : { 'content-type': 'application/xml' }),
    'content-length': String(Buffer.byteLength(body)),
  };
  const wish = { method: request.method ?? '', path: encodedPath(path, 'file'), headers, body, answerMs: ANSWER_MS };
  const { status, text, headers: said } = await service.read(wish, MOST_ANSWERED_BYTES, signal);
  if (!successes.includes(status)) throw failureOf(status, shownPath(path));
  if (status === 204) return emptyAnswer(204);
  const token = said['lock-token'];
  return {
    status,
    headers: {
      ...PROTECTION,
      'content-type': 'application/xml; charset=utf-8',
      'cache-control': 'no-store',
      ...(typeof token === 'string' && token.length < 200 ? { 'lock-token': token } : {}),
    },
    body: withRoot(text, addressOf(prefix, root)),
  };
}

async function bodyOf({ request }: Exchange): Promise<string> {
  const length = Number(request.headers['content-length'] ?? 0);
  if (request.headers['transfer-encoding'] !== undefined || !(length <= MOST_ASKED_BYTES))
    throw new DeskpodError('payload_too_large', `The body of this request has at most ${MOST_ASKED_BYTES} bytes.`);
  return (await buffer(request)).toString('utf8');
}
