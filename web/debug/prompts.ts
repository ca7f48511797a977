/** Dialogs that open automatically: requests for consent, and once the sessions from while the user was away. */
import { effect } from '@preact/signals';
import { painted } from '../screen/control.ts';
import { debugSessions, session } from '../state/store.ts';
import { layers, openLayer } from '../layers/layers.ts';
import { followCopies } from './actions.ts';
import { askingMe, whileAway } from './sessions.ts';
import { rememberTerminal } from './remember-terminal.ts';

/** Returns a function that stops it. */
export function openDebugPrompts(): () => void {
  const since = new Date();
  const offered = new Set<string>();
  let shownMissed = false;
  const stops = [
    rememberTerminal(),
    followCopies(),
    effect(() => {
      const me = session.value?.user.id ?? '';
      const next = askingMe(debugSessions.value, me).find(({ id }) => !offered.has(id));
      // Each request opens once, one after the other; postponed ones stay in the bar.
      if (next && !layers.value.some(({ kind }) => kind === 'consent')) {
        offered.add(next.id);
        queueMicrotask(() => openLayer({ kind: 'consent', id: next.id }));
      }
    }),
    effect(() => {
      const missed = whileAway(debugSessions.value, session.value?.user.id ?? '', since);
      if (shownMissed || missed.length === 0 || !painted.value || layers.value.length > 0) return;
      shownMissed = true;
      queueMicrotask(() => openLayer({ kind: 'while-away', ids: missed.map(({ id }) => id) }));
    }),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}
