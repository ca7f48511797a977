/** Whether a desktop can run another launch inside it: a pod keeps all its ephemeral containers, up to a limit. */
import type { Runtime } from '#protocol/app.ts';
import type { EphemeralCount } from '../ports/engine.ts';
import { DeskpodError } from '../errors.ts';

interface StartingLaunch {
  readonly record: { readonly desktopId: string; readonly runtime: Runtime };
}

/** Throws `limit_reached` before anything starts; the engine may still refuse. */
export function assertCapacity(
  desktop: { id: string; entries: EphemeralCount },
  starting: Iterable<StartingLaunch>,
): void {
  const { finished, most } = desktop.entries;
  const inside = [...starting].filter(
    ({ record }) => record.desktopId === desktop.id && record.runtime === 'ephemeral_container',
  );
  if (most === null || finished + inside.length < most) return;
  throw new DeskpodError(
    'limit_reached',
    `This desktop still holds ${finished} finished launches. It can hold at most ${most} in all.`,
    { remedy: 'Rebuild the desktop, or run the app in a separate pod.' },
  );
}
