/** Remembers which debug terminal is on show, so that it is there again after the page was loaded anew. */
import { effect } from '@preact/signals';
import { debugSessions } from '../state/store.ts';
import { debugShown } from '../terminal/control.ts';
import { isOpen } from './sessions.ts';

const KEY = 'deskpod-debug';

/** From now on, until the returned function is called. */
export function keepShown(): () => void {
  let waited: string | null = kept();
  return effect(() => {
    const shown = debugShown.value;
    if (shown !== null) waited = null;
    else if (waited !== null && debugSessions.value.some((session) => session.id === waited && isOpen(session))) {
      debugShown.value = waited;
      waited = null;
      return;
    }
    if (waited === null) keep(shown);
  });
}

function kept(): string | null {
  try {
    return sessionStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function keep(id: string | null): void {
  try {
    if (id === null) sessionStorage.removeItem(KEY);
    else sessionStorage.setItem(KEY, id);
  } catch {
    // Storage may be switched off; then a pill in the bar leads back.
  }
}
