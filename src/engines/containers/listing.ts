/** Which containers there are, running or not. */
import { z } from 'zod';
import type { EngineApi } from './api.ts';
import { labelFilter, type Labels } from './labels.ts';

export type Flavour = 'podman' | 'docker';

const Listed = z.array(
  z
    .looseObject({
      Id: z.string(),
      Labels: z.record(z.string(), z.string()).nullish().catch(null),
      State: z.string().default(''),
    })
    .transform(({ Id, Labels, State }) => ({
      id: Id,
      labels: Labels ?? {},
      state: State,
    })),
);
export type Listed = z.output<typeof Listed>[number];

/** Those that carry these labels; of those that are being removed there may be nothing else to see any more. */
export async function listContainers(api: EngineApi, flavour: Flavour, labels: Labels = {}): Promise<Listed[]> {
  // Podman's compatible list fails as a whole while any container in it is being removed; its own does not.
  const path = flavour === 'podman' ? '/v4.0.0/libpod/containers/json' : '/containers/json';
  return api.json(Listed, 'GET', path, { query: { all: true, filters: labelFilter(labels) } });
}
