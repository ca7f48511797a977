/** Containers that others have joined to a desktop: found by the namespaces they were started with, never touched. */
import { basename } from 'node:path';
import { z } from 'zod';
import { isStatus } from '../api.ts';
import type { Context } from '../context.ts';
import { carries, ofDesktop } from '../labels.ts';
import { listContainers } from '../listing.ts';
import { Container, nameOf, type Ours } from '../objects.ts';

export interface Foreign {
  readonly container: Container;
  /** Whom it has joined. */
  readonly joined: Ours;
  /** The program that made it, if the engine knows. */
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

/** Of one desktop, or of all that are ours; `ours` where they were listed already. */
export async function foreignOf(context: Context, desktopId?: string, ours?: readonly Ours[]): Promise<Foreign[]> {
  const own = ours ?? (await context.objects.list(desktopId === undefined ? {} : ofDesktop(desktopId)));
  const all = await listContainers(context.api, context.around.flavour);
  const others = all.filter(({ labels }) => !carries(labels, context.instance));
  const found = await Promise.all(others.map(({ id }) => examine(context, id, own)));
  return found.filter((one) => one !== null);
}

/** Which of these a container has joined by what its namespaces are called: engines keep an id, its beginning or a name. */
export function joinedTo(modes: readonly (string | null | undefined)[], ours: readonly Ours[]): Ours | null {
  const names = modes.flatMap((mode) => /^container:(.+)$/.exec(mode ?? '')?.[1] ?? []);
  const matches = (name: string, { container }: Ours): boolean =>
    name === nameOf(container) || (name.length >= SHORT_ID && container.Id.startsWith(name));
  return ours.find((one) => names.some((name) => matches(name, one))) ?? null;
}

async function examine(context: Context, id: string, ours: readonly Ours[]): Promise<Foreign | null> {
  try {
    const container = await context.api.json(Joining, 'GET', `/containers/${id}/json`);
    const { NetworkMode, IpcMode, PidMode } = container.HostConfig;
    const joined = joinedTo([PidMode, NetworkMode, IpcMode], ours);
    return joined && { container, joined, by: await makerOf(context, id) };
  } catch (error) {
    // It went while we looked.
    if (isStatus(error, 404)) return null;
    throw error;
  }
}

/** Podman keeps the command line, Docker nothing. */
async function makerOf(context: Context, id: string): Promise<string | null> {
  if (context.around.flavour !== 'podman') return null;
  const { Config } = await context.api.json(Made, 'GET', `/v4.0.0/libpod/containers/${id}/json`);
  const program = Config.CreateCommand?.[0];
  return program === undefined ? null : basename(program);
}
