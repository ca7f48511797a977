/** Notices that offer new files of Downloads: what they say, and what can be done with the files. */
import { downloadEntries } from '../files/actions.ts';
import type { Entry } from '../files/entry.ts';
import { shownName } from '../files/file-facts.ts';
import { openFiles, selection } from '../files/panel.ts';
import { DOWNLOADS } from '../files/receive.ts';
import { those } from '../files/selection.ts';
import { board } from '../state/store.ts';
import { amend } from '../state/world.ts';
import { t } from '../ui/strings/catalogue.ts';

const PREFIX = 'downloads ';
/** As many notices are kept. */
const MOST_OFFERS = 100;

let created = 0;
/** By the ID of the notice. */
const offers = new Map<string, readonly Entry[]>();

/** In the notice of earlier files, as long as nobody has read it. */
export function offer(files: readonly Entry[]): void {
  const unread = board.peek().unread.find(({ id }) => offers.has(id));
  if (unread === undefined) created += 1;
  const id = unread?.id ?? `${PREFIX}${created}`;
  const all = [...(offers.get(id) ?? []), ...files];
  const [first] = all;
  if (first === undefined) return;
  offers.set(id, all);
  for (const old of [...offers.keys()].slice(0, -MOST_OFFERS)) offers.delete(old);
  const text = all.length === 1 ? t.files.newFile(shownName(first.name)) : t.files.newFiles(all.length);
  board.value = amend(board.peek(), { id, level: 'info', text, launchId: null, at: new Date().toISOString() });
}

export const isOffer = (id: string): boolean => id.startsWith(PREFIX);

export function saveOffered(id: string): void {
  downloadEntries(offers.get(id) ?? []);
}

export function showOffered(id: string): void {
  const paths = (offers.get(id) ?? []).map(({ path }) => path);
  openFiles({ at: 'folder', path: DOWNLOADS });
  selection.value = those(paths);
}

/** After logout. */
export function forgetOffers(): void {
  offers.clear();
}
