/** The part of an address after `/API/manager/`: an action of any case and an argument that keeps its own. */

export interface ManagerPath {
  /** Lower case; empty for `/API/manager`. */
  readonly action: string;
  /** What follows, decoded: an id may hold `/` and `:`, plain or percent-encoded. Null when nothing follows. */
  readonly argument: string | null;
  readonly query: URLSearchParams;
}

/** Null for percent signs that encode nothing. */
export function parsePath(url: string): ManagerPath | null {
  const end = url.indexOf('?');
  const path = end === -1 ? url : url.slice(0, end);
  const query = new URLSearchParams(end === -1 ? '' : url.slice(end + 1));
  const [, , , action = '', ...rest] = path.split('/');
  try {
    const argument = decodeURIComponent(rest.join('/')).replace(/\/+$/, '');
    return { action: decodeURIComponent(action).toLowerCase(), argument: argument === '' ? null : argument, query };
  } catch {
    return null;
  }
}

/** `manager` → a pattern for the router that matches it in any case. */
export function anyCase(word: string): string {
  return word.replaceAll(/[a-z]/g, (letter) => `[${letter.toUpperCase()}${letter}]`);
}
