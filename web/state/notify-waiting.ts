/** Shows a notice for each launch that waits, as long as it waits. */
import { effect } from '@preact/signals';
import { t } from '../ui/strings/catalogue.ts';
import { board, launches } from './store.ts';
import { boardWithWaiting } from './waiting-notices.ts';

/** Shorter waits are shown in the dock only. */
const SETTLED_MS = 700;

/** Returns a function that stops it. */
export function notifyWaiting(): () => void {
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
