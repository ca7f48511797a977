/** Presents what apps print as it arrives. */
import type { Print } from '#protocol/print.ts';
import { effect } from '@preact/signals';
import { ignore } from '#protocol/ignore.ts';
import { shownPath } from '../desktop/home-model.ts';
import { api } from '../state/api.ts';
import { dismissNotices, show } from '../state/notices.ts';
import { preferencesRead } from '../state/preferences.ts';
import { arrivedPrints, board, preferences } from '../state/store.ts';
import { amend } from '../state/world.ts';
import { t } from '../ui/strings/catalogue.ts';
import { missedIdOf, noticeIdOf, wayToPresent } from './present-print.ts';
import { canPrintHere, dialogIsOpen, forgetDocument, printDocument } from './print-document.ts';
import './prints.css';

/** Prints that arrived while the dialog of another one was open; each has a notice, too. */
let queue: readonly Print[] = [];

/** An app can print any number, so one request marks all of this time. */
const MARK_MS = 500;
let marking: ReturnType<typeof setTimeout> | undefined;

function markShown(print: Print): void {
  clearTimeout(marking);
  // At worst, the next page presents it again.
  const mark = () => api.desktop.prints.shown(print).catch(ignore('the desktop is gone, or the connection lost'));
  marking = setTimeout(() => void mark(), MARK_MS);
}

/** Until the returned function is called. */
export function presentPrints(): () => void {
  let missed: Print[] = [];
  const focused = () => void presentNext();
  window.addEventListener('focus', focused);
  const stop = effect(() => {
    const arrived = arrivedPrints.value;
    if (arrived.length === 0) return;
    arrivedPrints.value = [];
    for (const { print, missed: wasMissed } of arrived) {
      if (wasMissed) missed = [...missed, print];
      else void present(print);
      markShown(print);
    }
    const [first] = missed;
    if (first === undefined || !arrived.some((one) => one.missed)) return;
    const at = new Date().toISOString();
    const text = t.prints.missed(missed.length);
    board.value = amend(board.peek(), { id: missedIdOf(first), level: 'info', text, launchId: null, at });
  });
  return () => {
    stop();
    window.removeEventListener('focus', focused);
    queue = [];
    forgetDocument();
  };
}

async function present(print: Print): Promise<void> {
  await preferencesRead();
  const way = wayToPresent({
    missed: false,
    automatic: preferences.peek().printDialog,
    able: canPrintHere(),
    inFront: document.visibilityState === 'visible' && document.hasFocus(),
    dialogOpen: dialogIsOpen(),
  });
  if (way === 'dialog') return await printOrNotify(print.name);
  notify(print, t.prints.printed(shownPath(print.name)));
  if (way === 'queue') queue = [...queue, print];
}

/** When the page has the keyboard again, because a dialog was closed. */
async function presentNext(): Promise<void> {
  const unread = new Set(board.peek().unread.map(({ id }) => id));
  const [next, ...others] = queue.filter((print) => unread.has(noticeIdOf(print)));
  queue = others;
  if (next === undefined) return;
  dismissNotices([noticeIdOf(next)]);
  await printOrNotify(next.name);
}

/** The browser's dialog; a notice where that fails. */
export async function printOrNotify(name: string): Promise<void> {
  try {
    await printDocument(api.desktop.prints.url(name));
  } catch (error) {
    ignore('a notice says so')(error);
    // Each attempt has a notice of its own.
    notify({ name, changedAt: new Date().toISOString() }, t.prints.failed(shownPath(name)));
  }
}

function notify(print: Pick<Print, 'name' | 'changedAt'>, text: string): void {
  show({ id: noticeIdOf(print), level: 'info', text, launchId: null, at: new Date().toISOString() });
}
