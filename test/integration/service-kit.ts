/** Service images run as in a cluster: any user, no privileges, a read-only root, volumes for what they write. */
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { EngineApi } from '#containers-client/api.ts';
import { ImageBuilder } from '#containers-client/images/builder.ts';
import { referenceOf } from '#containers-client/images/plan.ts';
import { PodmanService } from '#containers-client/podman-service.ts';
import { ownStore, TEST_DATA, TEST_RUN } from './engine-local.ts';

export const UID = 4100;
const RUN = TEST_RUN;
const BUILD_MS = 900_000;
const READY_MS = 60_000;

const Created = z.looseObject({ Id: z.string() });
const Ended = z.looseObject({ StatusCode: z.number() });
const Inspected = z.looseObject({
  NetworkSettings: z.looseObject({ Networks: z.record(z.string(), z.looseObject({ IPAddress: z.string() })) }),
  State: z.looseObject({ Running: z.boolean(), ExitCode: z.number() }),
});

export interface Wish {
  /** Default: the command of the image. */
  readonly command?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Mounted volumes, by path in the container. */
  readonly mounts?: Readonly<Record<string, string>>;
  readonly uid?: number;
}

export class Services implements AsyncDisposable {
  readonly #api: EngineApi;
  readonly #builder: ImageBuilder;
  readonly #owned = new AsyncDisposableStack();
  readonly #folder = mkdtempSync(join(tmpdir(), 'deskpod-services-'));
  readonly #containers: string[] = [];

  private constructor(api: EngineApi, builder: ImageBuilder, owned: AsyncDisposableStack) {
    this.#api = api;
    this.#builder = builder;
    this.#owned.use(owned);
  }

  /** Builds the images of these names if needed. */
  static async open(images: readonly string[]): Promise<Services> {
    const owned = new AsyncDisposableStack();
    owned.use(await ownStore());
    const service = owned.use(await PodmanService.start({ data: join(TEST_DATA, 'engine'), run: join(RUN, 'engine') }));
    const api = new EngineApi(service.socket, () => service.ready());
    const imagesDir = join(import.meta.dirname, '../../images');
    const builder = new ImageBuilder(api, { imagesDir, baseImage: null, workDir: join(TEST_DATA, 'cache') });
    const signal = AbortSignal.timeout(BUILD_MS);
    await Promise.all(images.map((name) => builder.ensure(referenceOf(name), () => undefined, signal)));
    return new Services(api, builder, owned);
  }

  /** A folder that is like a pod's volume: owned by root and the user's group. */
  volume(name: string, uid = UID): string {
    const path = join(this.#folder, name);
    mkdirSync(path);
    chownSync(path, 0, uid);
    chmodSync(path, 0o2770);
    return path;
  }

  /** A folder with one file that the user can read. */
  secret(name: string, content: string | Buffer, uid = UID): string {
    const path = join(this.#folder, `secret-${name}`, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content, { mode: 0o440 });
    chownSync(path, 0, uid);
    return dirname(path);
  }

  async start(image: string, wish: Wish = {}): Promise<Service> {
    const uid = wish.uid ?? UID;
    const { Id } = await this.#api.json(Created, 'POST', '/containers/create', {
      body: {
        Image: referenceOf(image),
        ...(wish.command ? { Cmd: wish.command } : {}),
        User: `${uid}:${uid}`,
        Env: Object.entries(wish.env ?? {}).map(([name, value]) => `${name}=${value}`),
        Tty: true,
        HostConfig: {
          ReadonlyRootfs: true,
          CapDrop: ['ALL'],
          SecurityOpt: ['no-new-privileges'],
          Binds: Object.entries(wish.mounts ?? {}).map(
            ([where, what]) => `${what}:${where}${where.startsWith('/run/') ? ':ro' : ''}`,
          ),
        },
      },
    });
    this.#containers.push(Id);
    await this.#api.text('POST', `/containers/${Id}/start`);
    return new Service(this.#api, Id);
  }

  sbom(image: string): Promise<unknown> {
    return this.#builder.sbom(referenceOf(image), AbortSignal.timeout(BUILD_MS));
  }

  /** Runs until it exits. */
  async run(image: string, wish: Wish): Promise<{ code: number; output: string }> {
    const container = await this.start(image, wish);
    return container.ended();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const id of this.#containers) await this.#api.text('DELETE', `/containers/${id}?force=true&v=true`);
    await this.#owned.disposeAsync();
    rmSync(this.#folder, { recursive: true });
  }
}

export class Service {
  readonly #api: EngineApi;
  readonly #id: string;

  constructor(api: EngineApi, id: string) {
    this.#api = api;
    this.#id = id;
  }

  async address(): Promise<string> {
    const [network] = Object.values((await this.#inspect()).NetworkSettings.Networks);
    if (!network?.IPAddress) throw new Error(`it has no address; it said: ${await this.log()}`);
    return network.IPAddress;
  }

  /** All its output so far. */
  log(): Promise<string> {
    return this.#api.text('GET', `/containers/${this.#id}/logs`, { query: { stdout: true, stderr: true } });
  }

  async ended(): Promise<{ code: number; output: string }> {
    const { StatusCode } = await this.#api.json(Ended, 'POST', `/containers/${this.#id}/wait`);
    return { code: StatusCode, output: await this.log() };
  }

  /** Sends TERM; returns the time until it exited, in ms, and its exit status. */
  async stop(): Promise<{ ms: number; code: number }> {
    const begun = performance.now();
    await this.#api.text('POST', `/containers/${this.#id}/stop`, { query: { t: 10 } });
    const ms = performance.now() - begun;
    return { ms, code: (await this.#inspect()).State.ExitCode };
  }

  async kill(): Promise<void> {
    await this.#api.text('POST', `/containers/${this.#id}/kill`);
    await this.ended();
  }

  async startAgain(): Promise<void> {
    await this.#api.text('POST', `/containers/${this.#id}/start`);
  }

  async #inspect(): Promise<z.infer<typeof Inspected>> {
    return this.#api.json(Inspected, 'GET', `/containers/${this.#id}/json`);
  }
}

/** Polls until `look` has a result; for changes without an event. */
export async function appears<T>(look: () => Promise<T | null>, what: string): Promise<T> {
  const until = Date.now() + READY_MS;
  for (;;) {
    const found = await look();
    if (found !== null) return found;
    if (Date.now() > until) throw new Error(`${what} did not come in ${READY_MS} ms`);
    await delay(50);
  }
}
