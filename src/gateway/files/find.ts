/** `GET /files/?find=…`: the files whose names have all the words, from a walk of bounded length through the home folder. */
import { DeskpodError } from '#domain/errors.ts';
import { homeFolder } from '#domain/names.ts';
import { ignore } from '#protocol/ignore.ts';
import type { FoundFiles } from '#protocol/files.ts';
import { type FilesAnswer, PROTECTION } from './answer.ts';
import type { Exchange } from './exchange.ts';
import { failureOf } from './failures.ts';
import type { Entry } from './listing.ts';
import { encodedPath, type FilePath, isPart, shownPath } from './paths.ts';
import { RECENTLY_USED, usedAt } from './recent.ts';
import { listingAt } from './stat.ts';

const LONGEST_QUERY = 200;
const MOST_FOUND = 50;
/** Of one walk; deeper folders come later. */
const MOST_FOLDERS = 2_000;
const MOST_ENTRIES = 100_000;
const DEEPEST = 16;
const AT_ONCE = 4;
const WALK_MS = 8_000;
const MOST_RECENT_BYTES = 1024 * 1024;

interface Match {
  readonly names: FilePath;
  readonly entry: Entry;
  readonly score: number;
}

export async function find(exchange: Exchange): Promise<FilesAnswer> {
  const words = wordsOf(exchange.query.get('find') ?? '');
  if (words.length === 0) throw new DeskpodError('invalid_request', 'A search needs a word.');
  const found = await search(exchange, words);
  return {
    status: 200,
    headers: { ...PROTECTION, 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' },
    body: JSON.stringify(found),
  };
}

/** Hidden files and folders are left out, and links aren't followed. */
async function search(exchange: Exchange, words: readonly string[]): Promise<FoundFiles> {
  const { service, path } = exchange;
  const slow = AbortSignal.timeout(WALK_MS);
  const signal = AbortSignal.any([exchange.signal, slow]);
  const matches: Match[] = [];
  let queue = [{ href: encodedPath(path, 'file'), names: path }];
  let folders = 0;
  let entries = 0;
  let complete = true;
  const look = async ({ href, names }: (typeof queue)[number]): Promise<typeof queue> => {
    const isStart = names === path;
    try {
      const listing = await listingAt({ service, signal }, href, '1', shownPath(names));
      if (listing === null && isStart) throw failureOf(404, shownPath(names));
      const children = (listing?.children ?? []).filter(({ name }) => isSearched(name));
      entries += children.length;
      const inside = children.map((entry) => ({ entry, names: [...names, entry.name] }));
      for (const one of inside) {
        const score = scoreOf(one.entry.name, words);
        if (score > 0) matches.push({ ...one, score });
      }
      const below = inside.filter(({ entry }) => entry.isFolder);
      return below.map(({ entry, names: inner }) => ({ href: entry.href, names: inner }));
    } catch (error) {
      exchange.signal.throwIfAborted();
      // A folder that can't be read has nothing to show; that of the search must be there.
      if (isStart && !slow.aborted) throw error;
      if (slow.aborted) complete = false;
      return [];
    }
  };
  for (let depth = 0; queue.length > 0; depth += 1) {
    const next: typeof queue = [];
    const rest = queue.values();
    const work = async (): Promise<void> => {
      for (const folder of rest) {
        if (folders >= MOST_FOLDERS || entries >= MOST_ENTRIES || depth > DEEPEST || slow.aborted) complete = false;
        else {
          folders += 1;
          next.push(...(await look(folder)));
        }
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    queue = complete ? next : [];
  }
  const recent = await recentlyUsed(exchange, signal);
  const best = matches
    .map((match) => ({ ...match, path: match.names.join('/'), used: recent.get(match.names.join('/')) ?? 0 }))
    .toSorted(
      (a, b) => b.used - a.used || b.score - a.score || b.entry.changedAt.getTime() - a.entry.changedAt.getTime(),
    );
  const files = best.slice(0, MOST_FOUND).map(({ path: found, used, entry: { isFolder, bytes, changedAt } }) => ({
    path: found,
    folder: isFolder,
    size: isFolder ? 0 : bytes,
    modified: changedAt.getTime(),
    used,
  }));
  return { files, complete: complete && best.length <= MOST_FOUND };
}

/** Empty if no program has used a file yet, or the list can't be read. */
async function recentlyUsed({ service, claims }: Exchange, signal: AbortSignal): Promise<ReadonlyMap<string, number>> {
  const headers = { range: `bytes=0-${MOST_RECENT_BYTES - 1}` };
  const wish = { method: 'GET', path: encodedPath(RECENTLY_USED, 'file'), headers, answerMs: WALK_MS };
  const { status, text } = await service
    .read(wish, MOST_RECENT_BYTES, signal)
    .catch(ignore('the order is that of the names', { status: 0, text: '' }));
  return status === 200 || status === 206 ? usedAt(text, homeFolder(claims.userId)) : new Map();
}

/** Names that aren't UTF-8 can't be addressed by a browser. */
function isSearched(name: string): boolean {
  return !name.startsWith('.') && !isPart([name]) && !name.includes('\uFFFD');
}

/** Lower case without accents, as the page ranks names. */
function folded(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}

function wordsOf(query: string): string[] {
  if (query.length > LONGEST_QUERY)
    throw new DeskpodError('invalid_request', `A search has at most ${LONGEST_QUERY} characters.`);
  return folded(query).split(/\s+/).filter(Boolean);
}

/** 0 if a word is missing; more for a beginning of the name, or of a word in it. */
function scoreOf(name: string, words: readonly string[]): number {
  const text = folded(name);
  const scores = words.map((word) => {
    const at = text.indexOf(word);
    if (at < 0) return 0;
    if (at === 0) return 3;
    return /[\p{L}\p{N}]/u.test(text[at - 1] ?? '') ? 1 : 2;
  });
  return scores.includes(0) ? 0 : scores.reduce((sum: number, score) => sum + score, 0);
}
