/** Whether a desktop takes one more launch inside it: on a cluster a pod keeps every one it ever had, up to a number. */
import type { Runtime } from '../protocol/app.ts';
import type { Entries } from './engine.ts';
import { DeskpodError } from './errors.ts';

interface Begun {
  readonly record: { readonly desktopId: string; readonly runtime: Runtime };
}

/** Throws `limit_reached` before anything is begun; the engine has the last word all the same. */
export function assertRoom(desktop: { id: string; entries: Entries }, begun: Iterable<Begun>): void {
  const { finished, most } = desktop.entries;
  const inside = [...begun].filter(
    ({ record }) => record.desktopId === desktop.id && record.runtime === 'ephemeral_container',
  );
  if (most === null || finished + inside.length < most) return;
  throw new DeskpodError(
    'limit_reached',
    `This desktop carries ${finished} finished launches and takes at most ${most} in all.`,
    { remedy: 'Rebuild the desktop, or run the app as a pod of its own.' },
  );
}
