/** A desktop that can take launches, as they see it. */
import { DeskpodError } from '#domain/errors.ts';
import { inherited } from '../inside/environment.ts';
import { accessOf } from './access.ts';
import { type Context, type Found, ofKind } from './context.ts';
import { environmentOf, isThere, toDesktop } from './describe.ts';
import type { LaunchDesktop } from './launch-pod.ts';
import { CONTAINERS } from './ports.ts';

/** `desktop_missing` when it does not run. */
export async function runningDesktop(context: Context, id: string): Promise<LaunchDesktop> {
  const desktop = ofKind(context, id, 'desktop');
  const { podIP: address } = desktop?.pod.status ?? {};
  if (!desktop || !address || !isThere(desktop) || toDesktop(desktop).state !== 'running') {
    throw new DeskpodError('desktop_missing', `The desktop ${id} does not run.`);
  }
  const { pod, account } = desktop;
  const graphical = pod.spec.containers.find(({ name }) => name === CONTAINERS.graphical);
  const { queue } = await accessOf(context, id);
  return {
    id,
    uid: pod.metadata.uid,
    address,
    node: pod.spec.nodeName ?? '',
    account,
    inherited: inherited(environmentOf(graphical?.env)),
    queue: context.around.config.services.includes('printer') ? queue : null,
  };
}

/** `desktop_missing` when it is gone. */
export function foundDesktop(context: Context, desktopId: string): Found {
  const desktop = ofKind(context, desktopId, 'desktop');
  if (!desktop) throw new DeskpodError('desktop_missing', `The desktop ${desktopId} is gone.`);
  return desktop;
}
