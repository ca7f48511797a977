/** Remembers the open debug terminal and reopens it after the page is reloaded. */
import { effect } from '@preact/signals';
import { debugSessions } from '../state/store.ts';
import { shownDebugSession } from '../terminal/control.ts';
import { readStored, writeStored } from '../ui/stored.ts';
import { isOpen } from './sessions.ts';

const KEY = 'deskpod-debug';

/** Returns a function that stops it. */
export function rememberTerminal(): () => void {
  let remembered = readStored('session', KEY);
  return effect(() => {
    const shown = shownDebugSession.value;
    if (shown !== null) remembered = null;
    else if (
      remembered !== null &&
      debugSessions.value.some((session) => session.id === remembered && isOpen(session))
    ) {
      shownDebugSession.value = remembered;
      remembered = null;
      return;
    }
    if (remembered === null) writeStored('session', KEY, shown);
  });
}
