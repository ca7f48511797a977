/** What opens by itself: the question for consent when somebody asks, and once what happened while the user was away. */
import { effect } from '@preact/signals';
import { painted } from '../screen/control.ts';
import { debugSessions, session } from '../state/store.ts';
import { layers, openLayer } from '../ui/layers.ts';
import { followCopies } from './actions.ts';
import { askingMe, whileAway } from './sessions.ts';
import { keepShown } from './shown.ts';

/** From now on, until the returned function is called. */
export function watchDebug(): () => void {
  const since = new Date();
  const offered = new Set<string>();
  let told = false;
  const stops = [
    keepShown(),
    followCopies(),
    effect(() => {
      const me = session.value?.user.id ?? '';
      const next = askingMe(debugSessions.value, me).find(({ id }) => !offered.has(id));
      // Put off or answered: each is asked once, one after the other; a pill in the bar remains.
      if (next && !layers.value.some(({ kind }) => kind === 'consent')) {
        offered.add(next.id);
        queueMicrotask(() => openLayer({ kind: 'consent', id: next.id }));
      }
    }),
    effect(() => {
      const missed = whileAway(debugSessions.value, session.value?.user.id ?? '', since);
      if (told || missed.length === 0 || !painted.value || layers.value.length > 0) return;
      told = true;
      queueMicrotask(() => openLayer({ kind: 'while-away', ids: missed.map(({ id }) => id) }));
    }),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}
