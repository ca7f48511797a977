/** What there is at a path of the home folder. */
import type { Exchange } from './exchange.ts';
import { failureOf } from './failures.ts';
import { type Entry, type Listing, parseListing, PROPERTIES } from './listing.ts';
import { encodedPath, type FilePath, shownPath } from './paths.ts';

/** A folder with a hundred thousand files. */
export const MOST_LISTED_BYTES = 48 * 1024 * 1024;
const ANSWER_MS = 60_000;

type Asks = Pick<Exchange, 'service' | 'signal'>;

/** Null if there is nothing. A link is a file. */
export async function statOf(exchange: Asks, path: FilePath): Promise<Entry | null> {
  return (await listingAt(exchange, encodedPath(path, 'file'), '0', shownPath(path)))?.self ?? null;
}

/** By percent-encoded path; null if there is nothing. */
export async function listingAt(
  { service, signal }: Asks,
  path: string,
  depth: '0' | '1',
  shown = path,
): Promise<Listing | null> {
  const headers = { depth, 'content-type': 'application/xml', 'content-length': String(PROPERTIES.length) };
  const wish = { method: 'PROPFIND', path, headers, body: PROPERTIES, answerMs: ANSWER_MS };
  const { status, text } = await service.read(wish, MOST_LISTED_BYTES, signal);
  if (status === 404) return null;
  const listing = status === 207 ? parseListing(text) : null;
  if (listing === null) throw failureOf(status === 207 ? 500 : status, shown);
  return listing;
}
