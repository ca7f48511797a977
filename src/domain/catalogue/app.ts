/** From the stored entry to the app as users see it. */
import type { App, AppAvailability, Limits } from '../../protocol/app.ts';
import type { AppDocument } from '../../protocol/manager.ts';
import { iconUrl } from './icon.ts';
import { splitList } from './labels.ts';
import { kindsOf } from './open-with.ts';

export function toApp(document: AppDocument, availability: AppAvailability, limits: Limits = {}): App {
  return {
    id: document.id,
    name: document.name,
    displayName: document.displayname,
    description: descriptionOf(document.comment),
    keywords: [...new Set(splitList(document.keyword, ','))],
    categories: [...new Set(splitList(document.cat, ',').map((one) => one.toLowerCase()))],
    wmClass: document.launch,
    runtime: document.containerengine,
    limits,
    iconUrl: iconUrl(document),
    pinned: document.showinview === 'dock',
    opens: kindsOf(document),
    opensByDefault: document.usedefaultapplication,
    availability,
  };
}

/** Published entries keep build notes such as `NSS_SDB_USE_CACHE=yes` in `oc.comment`: no words, nothing to show. */
function descriptionOf(comment: string | null): string | null {
  const text = comment?.trim() ?? '';
  return /\s/.test(text) ? text : null;
}
