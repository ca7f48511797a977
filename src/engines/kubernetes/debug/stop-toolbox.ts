/** Stopping a toolbox of ours; those of others are left alone. */
import { DeskpodError } from '#domain/errors.ts';
import type { Context } from '../context.ts';
import { toolboxPlace } from '../places.ts';
import { statusOf } from '../pod.ts';
import { endToolbox } from './end-toolbox.ts';
import { giveUp } from './give-up.ts';
import { isOurs } from './notes.ts';

/** `not_found`, or `forbidden` for one that others added. */
export async function stopToolbox(
  context: Context,
  desktopId: string,
  name: string,
  signal: AbortSignal,
): Promise<void> {
  const place = toolboxPlace(context, desktopId, name);
  if (place === null) throw new DeskpodError('not_found', `There is no toolbox ${name} in the desktop ${desktopId}.`);
  const { pod } = place.found;
  if (!isOurs(pod, name)) {
    throw new DeskpodError('forbidden', `${name} was not added by this server, so it is left alone.`, {
      remedy: 'Whoever added it ends it.',
    });
  }
  const { state } = statusOf(pod, name) ?? {};
  if (state?.terminated) return;
  if (!state?.running) return giveUp(context, pod.metadata.name, name);
  await endToolbox(context, place, signal);
}
