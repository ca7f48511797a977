/** Which app the page is for, by its address. Pure. */
import { ignore } from '#protocol/ignore.ts';

/** The name in `/app/NAME`; null for the page of the desktop. `base` is the prefix of all pages. */
export function appInAddress(pathname: string, base: string): string | null {
  const prefix = `${base}app/`;
  const encoded = pathname.startsWith(prefix) ? pathname.slice(prefix.length) : '';
  return encoded === '' ? null : decoded(encoded);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    return ignore('a percent sign that encodes nothing stands for itself', text)(error);
  }
}
