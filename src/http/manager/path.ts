/** The part of a URL after `/API/manager/`: a case-insensitive action and an argument. */
import { ignore } from '#protocol/ignore.ts';

export interface ManagerPath {
  /** Lower case; empty for `/API/manager`. */
  readonly action: string;
  /** The rest, decoded: an id may contain `/` and `:`, plain or percent-encoded. Null if empty. */
  readonly argument: string | null;
  readonly query: URLSearchParams;
}

/** Null for invalid percent encoding. */
export function parsePath(url: string): ManagerPath | null {
  const end = url.indexOf('?');
  const path = end === -1 ? url : url.slice(0, end);
  const query = new URLSearchParams(end === -1 ? '' : url.slice(end + 1));
  const [, , , action = '', ...rest] = path.split('/');
  try {
    const argument = decodeURIComponent(rest.join('/')).replace(/\/+$/, '');
    return { action: decodeURIComponent(action).toLowerCase(), argument: argument === '' ? null : argument, query };
  } catch (error) {
    return ignore('not percent-encoded', null)(error);
  }
}

/** `manager` → a router pattern that matches it case-insensitively. */
export function anyCase(word: string): string {
  return word.replaceAll(/[a-z]/g, (letter) => `[${letter.toUpperCase()}${letter}]`);
}
