/** The badge of the installed page: how many questions and reports wait for the user. */
import { effect } from '@preact/signals';
import { askingMe } from '../debug/sessions.ts';
import { ignore } from '#protocol/ignore.ts';
import { board, debugSessions, session } from '../state/store.ts';

/** Returns a function that stops it and removes the badge. */
export function showBadge(): () => void {
  // Only some browsers have it, and only for installed pages.
  if (!('setAppBadge' in navigator)) return () => {};
  const set = (count: number): void => {
    const setting = count === 0 ? navigator.clearAppBadge() : navigator.setAppBadge(count);
    setting.catch(ignore('the page is not installed'));
  };
  const stop = effect(() => {
    const questions = askingMe(debugSessions.value, session.value?.user.id ?? '').length;
    set(questions + board.value.unread.length);
  });
  return () => {
    stop();
    set(0);
  };
}
