/** Foreign containers that joined a desktop's namespaces: found by their configuration, never touched. */
import { basename } from 'node:path';
import { z } from 'zod';
import { isStatus } from '#containers-client/api.ts';
import type { Context } from '../context.ts';
import { carries, ofDesktop } from '../pods/labels.ts';
import { listContainers } from '../pods/listing.ts';
import { Container, nameOf, type OwnedContainer } from '../pods/describe.ts';

export interface Foreign {
  readonly container: Container;
  /** The container that it has joined. */
  readonly joined: OwnedContainer;
  /** The program that created it, if the engine knows. */
  readonly by: string | null;
}

const Joining = Container.extend({
  HostConfig: z.looseObject({
    NetworkMode: z.string().nullish(),
    IpcMode: z.string().nullish(),
    PidMode: z.string().nullish(),
  }),
});
const Made = z.looseObject({ Config: z.looseObject({ CreateCommand: z.array(z.string()).nullish() }) });
const SHORT_ID = 12;

/** Of one desktop or of all; `owned` where own containers were listed already. */
export async function foreignOf(
  context: Context,
  desktopId?: string,
  owned?: readonly OwnedContainer[],
): Promise<Foreign[]> {
  const own = owned ?? (await context.objects.list(desktopId === undefined ? {} : ofDesktop(desktopId)));
  const all = await listContainers(context.api, context.settings.flavour);
  const others = all.filter(({ labels }) => !carries(labels, context.instance));
  const found = await Promise.all(others.map(({ id }) => examine(context, id, own)));
  return found.filter((one) => one !== null);
}

/** The container whose namespaces another one joined: engines keep its id, a prefix of it or its name. */
export function joinedTo(
  modes: readonly (string | null | undefined)[],
  owned: readonly OwnedContainer[],
): OwnedContainer | null {
  const names = modes.flatMap((mode) => /^container:(.+)$/.exec(mode ?? '')?.[1] ?? []);
  const matches = (name: string, { container }: OwnedContainer): boolean =>
    name === nameOf(container) || (name.length >= SHORT_ID && container.Id.startsWith(name));
  return owned.find((one) => names.some((name) => matches(name, one))) ?? null;
}

async function examine(context: Context, id: string, owned: readonly OwnedContainer[]): Promise<Foreign | null> {
  try {
    const container = await context.api.json(Joining, 'GET', `/containers/${id}/json`);
    const { NetworkMode, IpcMode, PidMode } = container.HostConfig;
    const joined = joinedTo([PidMode, NetworkMode, IpcMode], owned);
    return joined && { container, joined, by: await makerOf(context, id) };
  } catch (error) {
    // It was removed meanwhile.
    if (isStatus(error, 404)) return null;
    throw error;
  }
}

/** Podman keeps the command line that created it, Docker nothing. */
async function makerOf(context: Context, id: string): Promise<string | null> {
  if (context.settings.flavour !== 'podman') return null;
  const { Config } = await context.api.json(Made, 'GET', `/v4.0.0/libpod/containers/${id}/json`);
  const program = Config.CreateCommand?.[0];
  return program === undefined ? null : basename(program);
}
