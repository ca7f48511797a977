/** What a program in a desktop asks to have opened (images/x11/xdg-open): a link, or an absolute path. Pure. */
import { OpenRequest } from '#protocol/open.ts';

/** Null for anything else, for example a file outside the home folder. */
export function requestFromInside(text: string, home: string): OpenRequest | null {
  if (!text.startsWith('/')) return OpenRequest.safeParse({ url: text }).data ?? null;
  if (!text.startsWith(`${home}/`)) return null;
  return OpenRequest.safeParse({ path: text.slice(home.length + 1) }).data ?? null;
}
