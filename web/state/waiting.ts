/** Launches that cannot begin yet say so as notices, as long as they wait. */
import { effect } from '@preact/signals';
import { t } from '../ui/strings/catalogue.ts';
import { board, launches } from './store.ts';
import { boardWithWaiting } from './waiting-board.ts';

/** A wait that is over within this needs no word; the dock shows it anyway. */
const SETTLED_MS = 700;

/** From now on, until the returned function is called. */
export function tellWaiting(): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tell = () => {
    timer = undefined;
    board.value = boardWithWaiting(board.value, launches.value, t.notices.waiting, new Date());
  };
  const stop = effect(() => {
    if (launches.value.length > 0) timer ??= setTimeout(tell, SETTLED_MS);
  });
  return () => {
    stop();
    clearTimeout(timer);
  };
}
