/** `PROPFIND`: lists a folder, and removes uploads that nobody has resumed for a week. */
import { buffer } from 'node:stream/consumers';
import { DeskpodError } from '#domain/errors.ts';
import { ignore } from '#protocol/ignore.ts';
import { type FilesAnswer, PROTECTION } from './answer.ts';
import type { Exchange } from './exchange.ts';
import { failureOf } from './failures.ts';
import { addressOf, type Listing, parseListing, withRoot } from './listing.ts';
import { encodedPath, isPart, shownPath } from './paths.ts';
import { MOST_LISTED_BYTES } from './stat.ts';

const MOST_ASKED_BYTES = 64 * 1024;
const ANSWER_MS = 60_000;
const PART_KEPT_MS = 7 * 86_400_000;
/** Removed with one listing. */
const MOST_REMOVED = 32;

export async function list(exchange: Exchange): Promise<FilesAnswer> {
  const { request, path, prefix, root, service, signal } = exchange;
  const { depth } = request.headers;
  if (depth !== '0' && depth !== '1')
    throw new DeskpodError('invalid_request', 'A listing needs the header Depth: 0 or Depth: 1.');
  const body = await asked(exchange);
  const headers = { depth, 'content-type': 'application/xml', 'content-length': String(Buffer.byteLength(body)) };
  const wish = { method: 'PROPFIND', path: encodedPath(path, 'file'), headers, body, answerMs: ANSWER_MS };
  const { status, text } = await service.read(wish, MOST_LISTED_BYTES, signal);
  if (status !== 207) throw failureOf(status, shownPath(path));
  const listing = parseListing(text);
  if (listing !== null && exchange.claims.rights.upload?.allowed === true)
    removeOldParts(exchange, listing).catch(ignore('the next listing removes them'));
  return {
    status,
    headers: { ...PROTECTION, 'content-type': 'application/xml; charset=utf-8', 'cache-control': 'no-store' },
    body: withRoot(text, addressOf(prefix, root)),
  };
}

async function asked({ request }: Exchange): Promise<string> {
  const length = Number(request.headers['content-length'] ?? 0);
  if (request.headers['transfer-encoding'] !== undefined || !(length <= MOST_ASKED_BYTES))
    throw new DeskpodError('payload_too_large', `The body of a listing has at most ${MOST_ASKED_BYTES} bytes.`);
  return (await buffer(request)).toString('utf8');
}

async function removeOldParts({ service }: Exchange, { children }: Listing): Promise<void> {
  const old = Date.now() - PART_KEPT_MS;
  const parts = children.filter(
    ({ name, isFolder, changedAt }) =>
      isPart([name]) && !isFolder && changedAt.getTime() > 0 && changedAt.getTime() < old,
  );
  for (const { href } of parts.slice(0, MOST_REMOVED))
    await service.status({ method: 'DELETE', path: href, answerMs: ANSWER_MS }, AbortSignal.timeout(ANSWER_MS));
}
