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

/** Docker's option for the name of a network's interface. */
export const BRIDGE_OPTION = 'com.docker.network.bridge.name';

const Named = z.record(z.string(), z.string()).nullish();
/** `bridge`: the name of its interface; null if the engine chose it. */
export interface ListedNetwork {
  readonly id: string;
  readonly labels: Labels;
  readonly bridge: string | null;
}
const PodmanNetworks = z.array(
  z
    .looseObject({ id: z.string(), labels: Named, network_interface: z.string().nullish() })
    .transform(({ id, labels, network_interface: bridge = null }) => ({ id, labels: labels ?? {}, bridge })),
);
const DockerNetworks = z.array(
  z
    .looseObject({ Id: z.string(), Labels: Named, Options: Named })
    .transform(({ Id: id, Labels: labels, Options: options }) => ({
      id,
      labels: labels ?? {},
      bridge: options?.[BRIDGE_OPTION] ?? null,
    })),
);

export async function listNetworks(api: EngineApi, flavour: Flavour, labels: Labels): Promise<ListedNetwork[]> {
  const query = { filters: labelFilter(labels) };
  return flavour === 'podman'
    ? api.json(PodmanNetworks, 'GET', `${LIBPOD}/networks/json`, { query })
    : api.json(DockerNetworks, 'GET', '/networks', { query });
}
