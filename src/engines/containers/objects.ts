/** Containers as the engine describes them, and how ours are found among all others. */
import { z } from 'zod';
import { isStatus, type EngineApi, type Flavour } from './api.ts';
import type { Runtime } from '#protocol/app.ts';
import { carries, readLabels, type Labels } from './labels.ts';
import { type Listed, listContainers, listNetworks } from './listing.ts';

export const Container = z.looseObject({
  Id: z.string(),
  Name: z.string(),
  Created: z.coerce.date(),
  /** Digest of the image. */
  Image: z.string(),
  LogPath: z.string().default(''),
  RestartCount: z.number().default(0),
  ExecIDs: z.array(z.string()).nullish(),
  State: z.looseObject({
    Status: z.string(),
    Pid: z.number(),
    ExitCode: z.number(),
    OOMKilled: z.boolean().default(false),
    Error: z.string().default(''),
    StartedAt: z.coerce.date(),
    FinishedAt: z.coerce.date(),
  }),
  Config: z.looseObject({
    Image: z.string(),
    Hostname: z.string().default(''),
    /** With a terminal, output comes as it is and not in frames. */
    Tty: z.boolean().default(false),
    Env: z.array(z.string()).nullish(),
    Labels: z.record(z.string(), z.string()).nullish(),
  }),
  NetworkSettings: z.looseObject({
    Networks: z.record(z.string(), z.looseObject({ IPAddress: z.string().default('') })).nullish(),
  }),
});
export type Container = z.infer<typeof Container>;

/** One of ours, with what its labels say. */
export type Ours = NonNullable<ReturnType<typeof readLabels>> & { readonly container: Container };

export type OurLaunch = Ours & { readonly type: Runtime };

/** Neither a desktop nor what somebody looks into one with. */
export function isLaunch(one: Ours): one is OurLaunch {
  return one.type !== 'x11server' && one.type !== 'toolbox';
}

export class Objects {
  readonly #api: EngineApi;
  readonly #instance: Labels;
  readonly #flavour: Flavour;

  constructor(api: EngineApi, instance: Labels, flavour: Flavour) {
    this.#api = api;
    this.#instance = instance;
    this.#flavour = flavour;
  }

  /** By exact name or container id; null when it is absent or foreign. */
  async find(nameOrId: string, signal?: AbortSignal): Promise<Ours | null> {
    const container = await this.#inspect(nameOrId, signal);
    // The engine also answers to the beginning of an id, which a name may look like.
    const meant = container !== null && (nameOf(container) === nameOrId || container.Id === nameOrId);
    return meant ? this.#ours(container) : null;
  }

  /** All of ours that carry these labels too, whether they run or not. */
  async list(labels: Labels = {}): Promise<Ours[]> {
    const listed = await this.#listed(labels);
    // Some may go while we look.
    const found = await Promise.all(listed.map(({ id }) => this.find(id)));
    return found.filter((one) => one !== null);
  }

  /** Of ours, those that are being removed at this moment, or whose removal was cut short: then they are only listed. */
  async remnants(): Promise<Listed[]> {
    const ended = (await this.#listed()).filter(({ state }) => state !== 'running');
    const there = await Promise.all(ended.map(({ id }) => this.#inspect(id)));
    return ended.filter(({ state }, index) => state === 'removing' || state === 'dead' || there[index] === null);
  }

  async networks(labels: Labels = {}): Promise<{ id: string; labels: Labels }[]> {
    const wanted = { ...this.#instance, ...labels };
    const networks = await listNetworks(this.#api, this.#flavour, wanted);
    return networks.filter((one) => carries(one.labels, wanted));
  }

  async #inspect(nameOrId: string, signal?: AbortSignal): Promise<Container | null> {
    const path = `/containers/${encodeURIComponent(nameOrId)}/json`;
    try {
      return await this.#api.json(Container, 'GET', path, { signal });
    } catch (error) {
      if (isStatus(error, 404)) return null;
      throw error;
    }
  }

  #listed(labels: Labels = {}): Promise<Listed[]> {
    return listContainers(this.#api, this.#flavour, { ...this.#instance, ...labels });
  }

  #ours(container: Container): Ours | null {
    const labels = container.Config.Labels ?? {};
    const read = carries(labels, this.#instance) ? readLabels(labels) : null;
    return read && { ...read, container };
  }
}

export function nameOf(container: Container): string {
  return container.Name.replace(/^\//, '');
}

export function isRunning(container: Container): boolean {
  return ['running', 'paused', 'restarting', 'stopping'].includes(container.State.Status);
}

/** Engines write the year 1 for never. */
export function wasStarted({ State }: Container): boolean {
  return State.StartedAt.getUTCFullYear() > 1970;
}

export function addressOf(container: Container): string | null {
  const networks = Object.values(container.NetworkSettings.Networks ?? {});
  return networks.map(({ IPAddress }) => IPAddress).find((address) => address !== '') ?? null;
}

export function environmentOf(container: Container): Record<string, string> {
  const entries = (container.Config.Env ?? []).map((variable): [string, string] => {
    const equals = variable.indexOf('=');
    return equals < 0 ? [variable, ''] : [variable.slice(0, equals), variable.slice(equals + 1)];
  });
  return Object.fromEntries(entries);
}
