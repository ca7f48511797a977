/** Notices that offer a link for the user's own browser. Pure. */
import type { Notice } from '#protocol/events.ts';

const PREFIX = 'link ';

/** `number` is another one for each notice: the same link may be offered again. */
export function linkNotice(number: number, url: string, text: string, now: Date): Notice {
  return { id: `${PREFIX}${number} ${url}`, level: 'info', text, launchId: null, at: now.toISOString() };
}

/** The link that a notice offers; null for other notices. */
export function linkIn({ id }: Pick<Notice, 'id'>): string | null {
  return id.startsWith(PREFIX) ? id.slice(id.indexOf(' ', PREFIX.length) + 1) : null;
}
