/** The `containers` engine: Podman or Docker on this machine, through their common API. Puts its parts together. */
import { availableParallelism, hostname } from 'node:os';
import { join, resolve } from 'node:path';
import type { Duplex } from 'node:stream';
import { z } from 'zod';
import type { EngineDebug } from '#domain/debug/engine.ts';
import type * as port from '#domain/engine.ts';
import { DeskpodError } from '#domain/errors.ts';
import type { Environment } from '#protocol/app.ts';
import { EngineApi } from './api.ts';
import { CgroupFiles, containerOfProcess } from './cgroups.ts';
import type { WindowManagerReady } from '../open.ts';
import { findDesktop, findLaunch, type Context } from './context.ts';
import { ContainersDebug } from './debug/debug.ts';
import { findContainer } from './debug/targets.ts';
import { connectSocket } from './desktop-ready.ts';
import { listDesktops, makeDesktop, removeDesktop } from './desktops.ts';
import { exec } from './exec.ts';
import { readCredentials } from './folders.ts';
import { ImageBuilder } from './images/builder.ts';
import { Images } from './images.ts';
import { instanceLabels } from './labels.ts';
import { launch, launchEnvironment, listLaunches, removeLaunch, stopLaunch } from './launches.ts';
import { clearLeftovers, CutShort } from './leftovers.ts';
import { readLogs, type LogOptions } from './logs.ts';
import { nameOf, Objects } from './objects.ts';
import { OutOfMemory } from './out-of-memory.ts';
import { desktopPaths } from './paths.ts';
import { inspectMachine } from './podman-config.ts';
import { PodmanService } from './podman-service.ts';
import { UsageMeter } from './usage.ts';
import { watchEngine } from './watch.ts';

export interface ContainersEngineOptions {
  /** Of a running Podman or Docker; null starts Podman on a store of its own below `dataDir`. */
  readonly socket: string | null;
  /** Homes, and the store if it is ours. One engine at a time per folder. */
  readonly dataDir: string;
  /** Sockets and secrets, gone after a reboot; short, for example `/run/deskpod`. */
  readonly runDir: string;
  /** The recipes of our own images. */
  readonly imagesDir: string;
  /** An image of Debian to build them on; null makes one. */
  readonly baseImage: string | null;
  /** Size of the shared memory of a desktop, bytes. */
  readonly shmBytes: number;
  readonly windowManagerReady: WindowManagerReady;
}

const Version = z.looseObject({
  Version: z.string(),
  Components: z.array(z.looseObject({ Name: z.string() })).nullish(),
});

/** Rejects with `engine_unavailable` when there is no engine. What a killed server left half done is cleared away. */
export async function createContainersEngine(options: ContainersEngineOptions): Promise<port.Engine> {
  const dataDir = resolve(options.dataDir);
  const runDir = resolve(options.runDir);
  const folders = { data: join(dataDir, 'engine'), run: join(runDir, 'engine') };
  await using cleanup = new AsyncDisposableStack();
  const service = options.socket === null ? cleanup.use(await PodmanService.start(folders)) : null;
  const api = new EngineApi(service?.socket ?? options.socket ?? '', () => service?.ready() ?? Promise.resolve());
  const version = await api.json(Version, 'GET', '/version');
  const flavour = version.Components?.some(({ Name }) => Name.startsWith('Podman')) ? 'podman' : 'docker';
  const instance = instanceLabels(dataDir);
  const context: Context = {
    api,
    objects: new Objects(api, instance, flavour),
    instance,
    around: {
      flavour,
      shmBytes: options.shmBytes,
      node: hostname(),
      init: flavour === 'docker' || inspectMachine().init !== null,
      processors: availableParallelism(),
    },
    dataDir,
    runDir,
    outOfMemory: cleanup.use(new OutOfMemory()),
    cgroups: new CgroupFiles(),
    windowManagerReady: options.windowManagerReady,
  };
  await clearLeftovers(context);
  const { imagesDir, baseImage } = options;
  const builder = new ImageBuilder(api, { imagesDir, baseImage, workDir: join(dataDir, 'cache') });
  const images = new Images(api, builder, dataDir);
  return new ContainersEngine(context, images, version.Version, cleanup.move());
}

class ContainersEngine implements port.Engine {
  readonly debug: EngineDebug;
  readonly #context: Context;
  readonly #images: Images;
  readonly #version: string;
  readonly #owned: AsyncDisposableStack;
  readonly #usage: UsageMeter;
  readonly #cutShort: CutShort;
  /** Desktops in the making: two of one id would undo each other. */
  readonly #making = new Set<string>();

  constructor(context: Context, images: Images, version: string, owned: AsyncDisposableStack) {
    this.#context = context;
    this.#images = images;
    this.#version = version;
    this.#owned = owned;
    this.#usage = new UsageMeter(context);
    this.#cutShort = new CutShort(context);
    this.debug = new ContainersDebug(context);
  }

  async info(): Promise<port.EngineInfo> {
    const { flavour, node } = this.#context.around;
    return {
      kind: 'containers',
      name: flavour === 'podman' ? 'Podman' : 'Docker',
      version: this.#version,
      place: node,
    };
  }

  async makeDesktop(
    spec: port.DesktopSpec,
    report: port.DesktopReport,
    signal: AbortSignal,
  ): Promise<port.EngineDesktop> {
    if (this.#making.has(spec.id)) throw new DeskpodError('conflict', `The desktop ${spec.id} is being made already.`);
    this.#making.add(spec.id);
    try {
      return await makeDesktop(this.#context, spec, report, signal);
    } finally {
      this.#making.delete(spec.id);
    }
  }

  desktops(): Promise<readonly port.EngineDesktop[]> {
    return listDesktops(this.#context);
  }

  removeDesktop(id: string, signal: AbortSignal): Promise<void> {
    return removeDesktop(this.#context, id, signal);
  }

  async credentials(desktopId: string): Promise<port.DesktopCredentials> {
    return readCredentials(desktopPaths(this.#context.runDir, desktopId), desktopId);
  }

  async connect(desktopId: string, portName: port.DesktopPort, signal: AbortSignal): Promise<Duplex> {
    const paths = desktopPaths(this.#context.runDir, desktopId);
    return connectSocket(portName === 'screen' ? paths.rfbSocket : paths.xSocket, signal);
  }

  async launchOfProcess(desktopId: string, pid: number): Promise<string | null> {
    const desktop = await findDesktop(this.#context, desktopId);
    const folder = `/proc/${desktop.container.State.Pid}/root/proc/${pid}`;
    const containerId = await containerOfProcess(folder);
    if (containerId === null || containerId === desktop.container.Id) return null;
    const owner = await findLaunch(this.#context, containerId);
    return owner?.desktopId === desktopId ? nameOf(owner.container) : null;
  }

  launch(spec: port.LaunchSpec, _report: (waiting: string) => void, signal: AbortSignal): Promise<port.EngineLaunch> {
    return launch(this.#context, spec, signal);
  }

  launches(desktopId?: string): Promise<readonly port.EngineLaunch[]> {
    return listLaunches(this.#context, desktopId);
  }

  environment(id: string): Promise<Environment> {
    return launchEnvironment(this.#context, id);
  }

  stopLaunch(id: string, graceMs: number, signal: AbortSignal): Promise<void> {
    return stopLaunch(this.#context, id, graceMs, signal);
  }

  removeLaunch(id: string): Promise<void> {
    return removeLaunch(this.#context, id);
  }

  async *logs(target: port.Target, options: LogOptions, signal: AbortSignal): AsyncGenerator<port.EngineLogLine> {
    const { container } = await findContainer(this.#context, target);
    yield* readLogs(this.#context, container, options, signal);
  }

  async exec(target: port.Target, spec: port.ExecSpec, signal: AbortSignal): Promise<port.ExecSession> {
    const { container, user } = await findContainer(this.#context, target);
    return exec(this.#context, container, user, spec, signal);
  }

  usage(desktopId: string): Promise<readonly port.LaunchUsage[]> {
    return this.#usage.read(desktopId);
  }

  image(reference: string): Promise<port.ImageInfo | null> {
    return this.#images.find(reference);
  }

  /** There is one node, and whoever wants an image here waits for it. */
  async announceImages(): Promise<void> {}

  ensureImage(
    { reference }: port.AppImage,
    report: (line: string) => void,
    signal: AbortSignal,
  ): Promise<port.ImageInfo> {
    return this.#images.ensure(reference, report, signal);
  }

  watch(signal: AbortSignal): AsyncIterable<port.EngineEvent> {
    return watchEngine(this.#context, signal);
  }

  async tidy(): Promise<void> {
    await this.#cutShort.finish();
  }

  async podNetworks(): Promise<readonly string[]> {
    return [];
  }

  async ready(): Promise<void> {
    await this.#context.api.json(Version, 'GET', '/version');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#owned.disposeAsync();
  }
}
