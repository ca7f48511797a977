/** When programs used the files of a home folder, from the list that GTK programs keep (Desktop Bookmark Specification). Pure. */
import { pathInHome } from '#protocol/file-uri.ts';

/** In the home folder. */
export const RECENTLY_USED: readonly string[] = ['.local', 'share', 'recently-used.xbel'];

/** Milliseconds since 1970 by path. The list may be cut off, and have anything in it. */
export function usedAt(xbel: string, home: string): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const [, attributes = ''] of xbel.matchAll(/<bookmark\s([^>]{1,8000})>/g)) {
    const path = pathInHome(attribute(attributes, 'href'), home);
    const at = Date.parse(attribute(attributes, 'visited') || attribute(attributes, 'modified'));
    if (path !== null && path !== '' && !Number.isNaN(at)) found.set(path, at);
  }
  return found;
}

function attribute(of: string, name: string): string {
  const value = new RegExp(`(?:^|\\s)${name}="([^"]*)"`).exec(of)?.[1] ?? '';
  return value
    .replaceAll('&apos;', "'")
    .replaceAll('&quot;', '"')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}
