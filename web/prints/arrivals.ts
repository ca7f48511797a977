/** Presents what apps print as it arrives. */
import type { Print } from '#protocol/print.ts';
import { effect } from '@preact/signals';
import { ignore } from '#protocol/ignore.ts';
import { shownPath } from '../desktop/home-model.ts';
import { api } from '../state/api.ts';
import { show } from '../state/notices.ts';
import { preferencesRead } from '../state/preferences.ts';
import { arrivedPrints, board, preferences } from '../state/store.ts';
import { amend } from '../state/world.ts';
import { t } from '../ui/strings/catalogue.ts';
import { missedIdOf, noticeIdOf, wayToPresent } from './present-print.ts';
import { canPrintHere, forgetDocument, msSinceDialog, printDocument } from './print-document.ts';
import './prints.css';

/** Until the returned function is called. */
export function presentPrints(): () => void {
  let missed: Print[] = [];
  const stop = effect(() => {
    const arrived = arrivedPrints.value;
    if (arrived.length === 0) return;
    arrivedPrints.value = [];
    for (const { print, missed: wasMissed } of arrived) {
      if (wasMissed) missed = [...missed, print];
      else void present(print);
      // At worst, the next page presents it again.
      api.desktop.prints.shown(print).catch(ignore('the desktop is gone, or the connection lost'));
    }
    const [first] = missed;
    if (first === undefined || !arrived.some((one) => one.missed)) return;
    const at = new Date().toISOString();
    const text = t.prints.missed(missed.length);
    board.value = amend(board.peek(), { id: missedIdOf(first), level: 'info', text, launchId: null, at });
  });
  return () => {
    stop();
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
    msSinceDialog: msSinceDialog(),
  });
  if (way === 'notice') notify(print, t.prints.printed(shownPath(print.name)));
  else await printOrNotify(print);
}

/** The browser's dialog; a notice where that fails. */
export async function printOrNotify(print: Pick<Print, 'name' | 'changedAt'>): Promise<void> {
  try {
    await printDocument(api.desktop.prints.url(print.name));
  } catch (error) {
    ignore('a notice says so')(error);
    notify(print, t.prints.failed(shownPath(print.name)));
  }
}

function notify(print: Pick<Print, 'name' | 'changedAt'>, text: string): void {
  show({ id: noticeIdOf(print), level: 'info', text, launchId: null, at: new Date().toISOString() });
}
