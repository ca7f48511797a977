/** Stopping a toolbox of this server. Foreign ones are left alone. */
import { DeskpodError } from '#domain/errors.ts';
import type { Context } from '../context.ts';
import { findToolbox } from '../pods/targets.ts';
import { statusOf } from '../cluster/pod.ts';
import { endToolbox } from './end-toolbox.ts';
import { forgetToolbox } from './forgotten-toolboxes.ts';
import { isOwnToolbox } from '../pods/toolbox-annotations.ts';

/** `not_found`, or `forbidden` for one that others added. */
export async function stopToolbox(
  context: Context,
  desktopId: string,
  name: string,
  signal: AbortSignal,
): Promise<void> {
  const target = findToolbox(context, desktopId, name);
  if (target === null) throw new DeskpodError('not_found', `There is no toolbox ${name} in the desktop ${desktopId}.`);
  const { pod } = target.found;
  if (!isOwnToolbox(pod, name)) {
    throw new DeskpodError('forbidden', `${name} was not added by this server, so it is left alone.`, {
      remedy: 'Stop it where it was started.',
    });
  }
  const { state } = statusOf(pod, name) ?? {};
  if (state?.terminated) return;
  if (!state?.running) return forgetToolbox(context, pod.metadata.name, name);
  await endToolbox(context, target, signal);
}
