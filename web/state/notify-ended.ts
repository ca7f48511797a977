/** Notifies about ended launches until the notice is read, in this tab or another, even after a reload. */
import { effect } from '@preact/signals';
import { t } from '../ui/strings/catalogue.ts';
import { boardWithEnded } from './ended-notices.ts';
import { board, launches } from './store.ts';

/** Returns a function that stops it. */
export function notifyEnded(): () => void {
  return effect(() => {
    board.value = boardWithEnded(board.peek(), launches.value, t.notices.ended);
  });
}
