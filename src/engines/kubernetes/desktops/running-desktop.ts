/** A running desktop as its launches see it. */
import { DeskpodError } from '#domain/errors.ts';
import { inherited } from '../../shared/inherited.ts';
import { sharedOf, zoneFileOf } from '../cluster/labels.ts';
import { environmentOf } from '../cluster/pod.ts';
import { CONTAINERS } from '../cluster/ports.ts';
import { type Context, findPod } from '../context.ts';
import { isUsable } from '../pods/describe.ts';
import { homeVolumeIn } from '../specs/home-volume.ts';
import type { LaunchDesktop } from '../specs/launch-pod.ts';
import { ZONEINFO_MOUNT } from '../specs/volumes.ts';
import { credentialsOf } from './credentials.ts';

/** `desktop_missing` when it does not run. */
export async function runningDesktop(context: Context, id: string): Promise<LaunchDesktop> {
  const desktop = findPod(context, id, 'desktop');
  const { podIP: address } = desktop?.pod.status ?? {};
  if (!desktop || !address || !isUsable(desktop)) {
    throw new DeskpodError('desktop_missing', `The desktop ${id} does not run.`);
  }
  const { pod, account } = desktop;
  const graphical = pod.spec.containers.find(({ name }) => name === CONTAINERS.graphical);
  const env = environmentOf(graphical?.env);
  const { printQueue } = await credentialsOf(context, desktop);
  return {
    id,
    uid: pod.metadata.uid,
    address,
    node: pod.spec.nodeName ?? '',
    account,
    inherited: inherited(env),
    home: homeVolumeIn(pod, account),
    shared: sharedOf(pod),
    zoneinfo: pod.spec.volumes?.some(({ name }) => name === ZONEINFO_MOUNT.name) ?? false,
    zoneFile: zoneFileOf(pod),
    queue: context.settings.config.services.includes('printer') ? printQueue : null,
  };
}
