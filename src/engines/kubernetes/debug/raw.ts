/** The API server's own object of a target's pod, as it is now. */
import { stringify } from 'yaml';
import { z } from 'zod';
import type { Target } from '#domain/engine.ts';
import { DeskpodError } from '#domain/errors.ts';
import { hasStatus } from '../api.ts';
import type { Context } from '../context.ts';
import { placeOf } from '../places.ts';
import { masked } from './masked.ts';

const Raw = z.record(z.string(), z.unknown());

/** Secrets masked. `not_found` when it is gone. */
export async function readMasked({ api, namespace, ...context }: Context, target: Target) {
  const { name } = placeOf({ api, namespace, ...context }, target).found.pod.metadata;
  try {
    const pod = await api.call((options) => api.core.readNamespacedPod({ name, namespace }, options));
    return Raw.parse(masked(pod));
  } catch (cause) {
    if (hasStatus(cause, 404)) throw new DeskpodError('not_found', `There is no ${name}.`, { cause });
    throw cause;
  }
}

export async function yaml(context: Context, target: Target): Promise<string> {
  return stringify(await readMasked(context, target), { lineWidth: 0 });
}
