/** The files that apps have used, from the list that GTK programs keep (Desktop Bookmark Specification). Pure. */
import { pathInHome } from './uri.ts';

/** Relative to the home folder. */
export const RECENTLY_USED = '.local/share/recently-used.xbel';
const MOST = 200;

/** Paths relative to the home folder, the latest first. The list may be cut off, and have anything in it. */
export function recentPaths(xbel: string, home: string): readonly string[] {
  const found: { readonly path: string; readonly at: number }[] = [];
  for (const [, attributes = ''] of xbel.matchAll(/<bookmark\s([^>]{1,8000})>/g)) {
    const path = pathInHome(attribute(attributes, 'href'), home);
    const at = Date.parse(attribute(attributes, 'visited') || attribute(attributes, 'modified'));
    if (path !== null && path !== '' && !Number.isNaN(at)) found.push({ path, at });
  }
  return found
    .toSorted((a, b) => b.at - a.at)
    .slice(0, MOST)
    .map(({ path }) => path);
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
