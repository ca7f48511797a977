/** The current API object of a target's pod. */
import type { V1Pod } from '@kubernetes/client-node';
import { stringify } from 'yaml';
import type { Target } from '#domain/ports/engine-launch.ts';
import { DeskpodError } from '#domain/errors.ts';
import { hasStatus } from '../cluster/api-fault.ts';
import type { Context } from '../context.ts';
import { findTarget } from '../pods/targets.ts';
import { describePod } from './describe-pod.ts';
import { eventsOf } from './events.ts';
import { masked } from './masked.ts';

/** Secrets masked. `not_found` when it is gone. */
export async function yaml(context: Context, target: Target): Promise<string> {
  return stringify(masked(await read(context, target)), { lineWidth: 0 });
}

export async function describe(context: Context, target: Target): Promise<string> {
  const pod = await read(context, target);
  const events = await eventsOf(context, pod.metadata?.name ?? '').catch((error: unknown) => {
    if (error instanceof DeskpodError && error.code === 'forbidden') return null;
    throw error;
  });
  return describePod(pod, events, new Date());
}

async function read(context: Context, target: Target): Promise<V1Pod> {
  const { api, namespace } = context;
  const { name } = findTarget(context, target).found.pod.metadata;
  try {
    return await api.call((options) => api.core.readNamespacedPod({ name, namespace }, options));
  } catch (cause) {
    if (hasStatus(cause, 404)) throw new DeskpodError('not_found', `There is no ${name}.`, { cause });
    throw cause;
  }
}
