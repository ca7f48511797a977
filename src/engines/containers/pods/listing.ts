/**
 * Lists of containers and networks. For Podman by its own API: the compatible lists fail as a whole while any container
 * is being removed.
 */
import { z } from 'zod';
import type { EngineApi, Flavour } from '#containers-client/api.ts';
import { labelFilter, type Labels } from './labels.ts';

const LIBPOD = '/v4.0.0/libpod';

const Listed = z.array(
  z
    .looseObject({
      Id: z.string(),
      Labels: z.record(z.string(), z.string()).nullish().catch(null),
      State: z.string().default(''),
    })
    .transform(({ Id, Labels, State }) => ({ id: Id, labels: Labels ?? {}, state: State })),
);
export type Listed = z.output<typeof Listed>[number];

/** Those that have these labels. A container that is being removed may have no other details. */
export async function listContainers(api: EngineApi, flavour: Flavour, labels: Labels = {}): Promise<Listed[]> {
  const path = flavour === 'podman' ? `${LIBPOD}/containers/json` : '/containers/json';
  return api.json(Listed, 'GET', path, { query: { all: true, filters: labelFilter(labels) } });
}

const Named = z.record(z.string(), z.string()).nullish();
const PodmanNetworks = z.array(
  z.looseObject({ id: z.string(), labels: Named }).transform(({ id, labels }) => ({ id, labels: labels ?? {} })),
);
const DockerNetworks = z.array(
  z.looseObject({ Id: z.string(), Labels: Named }).transform(({ Id, Labels }) => ({ id: Id, labels: Labels ?? {} })),
);

export async function listNetworks(
  api: EngineApi,
  flavour: Flavour,
  labels: Labels,
): Promise<{ id: string; labels: Labels }[]> {
  const query = { filters: labelFilter(labels) };
  return flavour === 'podman'
    ? api.json(PodmanNetworks, 'GET', `${LIBPOD}/networks/json`, { query })
    : api.json(DockerNetworks, 'GET', '/networks', { query });
}
