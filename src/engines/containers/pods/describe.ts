/** Containers as the engine describes them, and lookups of own ones. */
import { z } from 'zod';
import { isStatus, type EngineApi, type Flavour } from '#containers-client/api.ts';
import type { Runtime } from '#protocol/app.ts';
import { carries, readLabels, type Labels } from './labels.ts';
import { type Listed, type ListedNetwork, listContainers, listNetworks } from './listing.ts';

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
    /** `uid:gid` of our own containers. */
    User: z.string().default(''),
    /** With a terminal, output is not framed. */
    Tty: z.boolean().default(false),
    Env: z.array(z.string()).nullish(),
    Labels: z.record(z.string(), z.string()).nullish(),
  }),
  NetworkSettings: z.looseObject({
    Networks: z.record(z.string(), z.looseObject({ IPAddress: z.string().default('') })).nullish(),
  }),
});
export type Container = z.infer<typeof Container>;

/** A container of this server, with what its labels say. */
export type OwnedContainer = NonNullable<ReturnType<typeof readLabels>> & { readonly container: Container };

export type OwnedLaunch = OwnedContainer & { readonly type: Runtime };

/** Neither a desktop nor one of its services, nor a toolbox. */
export function isLaunch(one: OwnedContainer): one is OwnedLaunch {
  return one.type !== 'x11server' && one.type !== 'service' && one.type !== 'toolbox';
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
  async find(nameOrId: string, signal?: AbortSignal): Promise<OwnedContainer | null> {
    const container = await this.#inspect(nameOrId, signal);
    // The engine also accepts the prefix of an id, which a name may look like.
    const meant = container !== null && (nameOf(container) === nameOrId || container.Id === nameOrId);
    return meant ? this.#own(container) : null;
  }

  /** All own containers that have these labels too, running or not. */
  async list(labels: Labels = {}): Promise<OwnedContainer[]> {
    const listed = await this.#listed(labels);
    // Some may disappear meanwhile.
    const found = await Promise.all(listed.map(({ id }) => this.find(id)));
    return found.filter((one) => one !== null);
  }

  /** Own containers that are being removed, or whose removal was interrupted: they are listed but not found. */
  async remnants(): Promise<Listed[]> {
    const ended = (await this.#listed()).filter(({ state }) => state !== 'running');
    const there = await Promise.all(ended.map(({ id }) => this.#inspect(id)));
    return ended.filter(({ state }, index) => state === 'removing' || state === 'dead' || there[index] === null);
  }

  async networks(labels: Labels = {}): Promise<ListedNetwork[]> {
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

  #own(container: Container): OwnedContainer | null {
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

/** Engines use the year 1 for never. */
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
