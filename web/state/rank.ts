/** Ranks search results: prefix before word before part before scattered letters. Pure and fast. */

export interface Findable {
  readonly name: string;
  /** More words to match. */
  readonly keywords: readonly string[];
  /** Added to the score of a match, for example for running apps. */
  readonly boost?: number;
}

export interface Indexed<Item> {
  readonly item: Item;
  readonly name: string;
  readonly words: readonly string[];
  readonly keywords: readonly string[];
  readonly boost: number;
}

/** Lower case without accents, so that `etat` finds `État`. */
export function plain(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}

/** Prepares items once; ranking then does no string building. */
export function index<Item extends Findable>(items: readonly Item[]): readonly Indexed<Item>[] {
  return items.map((item) => {
    const name = plain(item.name);
    const words = name.split(/[^\p{L}\p{N}]+/u).filter(Boolean);
    return { item, name, words, keywords: item.keywords.map(plain), boost: item.boost ?? 0 };
  });
}

/** Best first, at most `limit`. Every word of the query must match. An empty query keeps the given order. */
export function rank<Item>(indexed: readonly Indexed<Item>[], query: string, limit: number): readonly Item[] {
  const asked = plain(query).trim();
  if (asked === '') return indexed.slice(0, limit).map(({ item }) => item);
  const parts = asked.split(/\s+/).slice(0, 8);
  const scored: { entry: Indexed<Item>; score: number }[] = [];
  for (const entry of indexed) {
    const score = scoreOf(entry, asked, parts);
    if (score > 0) scored.push({ entry, score: score + entry.boost });
  }
  scored.sort(
    (a, b) => b.score - a.score || a.entry.name.length - b.entry.name.length || (a.entry.name < b.entry.name ? -1 : 1),
  );
  return scored.slice(0, limit).map(({ entry }) => entry.item);
}

function scoreOf<Item>(entry: Indexed<Item>, asked: string, parts: readonly string[]): number {
  if (entry.name === asked) return 1000;
  if (entry.name.startsWith(asked)) return 900;
  let sum = 0;
  for (const part of parts) {
    const score = partScore(entry, part);
    if (score === 0) return 0;
    sum += score;
  }
  return sum / parts.length;
}

function partScore<Item>({ name, words, keywords }: Indexed<Item>, part: string): number {
  if (words.includes(part)) return 760;
  if (words.some((word) => word.startsWith(part))) return 700;
  if (keywords.includes(part)) return 560;
  if (part.length > 1 && initials(words).startsWith(part)) return 520;
  if (name.includes(part)) return 480;
  if (keywords.some((keyword) => keyword.startsWith(part))) return 420;
  if (part.length < 2) return 0;
  const scattered = scatter(name, part);
  if (scattered > 0) return scattered;
  return keywords.some((keyword) => keyword.includes(part)) ? 90 : 0;
}

const initials = (words: readonly string[]): string => words.map((word) => word[0]).join('');

/** All letters in order from the start of a word; closer letters score higher, distant ones don't match. */
function scatter(name: string, part: string): number {
  let best = 0;
  for (let start = name.indexOf(part[0] ?? ''); start >= 0; start = name.indexOf(part[0] ?? '', start + 1)) {
    if (start > 0 && /[\p{L}\p{N}]/u.test(name[start - 1] ?? '')) continue;
    let at = start;
    for (let letter = 1; letter < part.length && at >= 0; letter += 1) at = name.indexOf(part[letter] ?? '', at + 1);
    const span = at - start + 1;
    if (at >= 0 && span <= part.length * 3) best = Math.max(best, Math.round((300 * part.length) / span));
  }
  return best;
}
