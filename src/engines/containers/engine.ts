/** The `containers` engine: Podman or Docker on this machine, through their common API. Puts its parts together. */
import type { FontSet } from '#domain/desktops/fonts.ts';
import { availableParallelism, hostname, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import type { Duplex } from 'node:stream';
import { z } from 'zod';
import type { EngineDebug } from '#domain/ports/debug-engine.ts';
import type * as port from '#domain/ports/engine.ts';
import type * as launches from '#domain/ports/engine-launch.ts';
import type { EgressConfig } from '#config/config.ts';
import type { Environment, Limits } from '#protocol/app.ts';
import type { SystemWarning } from '#protocol/system.ts';
import { EngineApi } from '#containers-client/api.ts';
import { CgroupFiles, containerOfProcess } from './host/cgroups.ts';
import type { WindowManagerReady } from '#domain/ports/display.ts';
import { DesktopCgroups } from './host/desktop-cgroups.ts';
import { findDesktop, findLaunch, type Context } from './context.ts';
import { ContainersDebug } from './debug/debug.ts';
import { findContainer } from './debug/targets.ts';
import { connectDesktop } from './desktops/connect.ts';
import { Services } from './services/services.ts';
import { ServiceImages } from './services/images.ts';
import { listDesktops, removeDesktop } from './desktops/desktops.ts';
import { DesktopStart } from './desktops/start.ts';
import { exec } from './exec/exec.ts';
import { readCredentials, shareSockets } from './desktops/folders.ts';
import { ImageBuilder } from '#containers-client/images/builder.ts';
import { referenceOf } from '#containers-client/images/plan.ts';
import { Images } from './images/images.ts';
import { instanceId, instanceLabels } from './pods/labels.ts';
import {
  homeOfDesktop,
  launch,
  launchEnvironment,
  readLaunch,
  listLaunches,
  removeLaunch,
  stopLaunch,
} from './launches/launches.ts';
import { clearLeftovers, CutShort } from './desktops/leftovers.ts';
import { readLogs, type LogOptions } from './exec/logs.ts';
import { nameOf, Objects } from './pods/describe.ts';
import { diskUse } from './host/disk-use.ts';
import { Egress } from './host/egress.ts';
import { OutOfMemory } from './host/out-of-memory.ts';
import { writeSeccompProfiles } from './host/seccomp-files.ts';
import { bridgePrefix, egressTable } from './specs/bridge.ts';
import { desktopPaths } from './specs/paths.ts';
import { seccompFolder } from './specs/security.ts';
import type { HostFolder } from './specs/shared-folders.ts';
import { inspectMachine } from '#containers-client/podman-config.ts';
import { PodmanService } from '#containers-client/podman-service.ts';
import { UsageMeter } from './host/usage.ts';
import { watchEngine } from './pods/watch.ts';
import { Exclusive } from '../shared/exclusive.ts';
import { startDesktop } from '../shared/start-desktop.ts';

export interface ContainersEngineOptions {
  /** Of a running Podman or Docker; null starts Podman with its own store below `dataDir`. */
  readonly socket: string | null;
  /** Homes, and the store of the server's own Podman. One engine at a time per folder. */
  readonly dataDir: string;
  /** Sockets and secrets, gone after a reboot; short, for example `/run/deskpod`. */
  readonly runDir: string;
  /** The Containerfiles of the product's images. */
  readonly imagesDir: string;
  /** A Debian image to build them on; null builds one. */
  readonly baseImage: string | null;
  /** Languages of the programs in the product's images. */
  readonly languages?: readonly string[];
  /** Their fonts besides the usual ones. */
  readonly fonts?: readonly FontSet[];
  /** Folder of an administrator's wallpapers, which need not exist. */
  readonly wallpapers?: string;
  /** Shared memory of a desktop, in bytes. */
  readonly shmBytes: number;
  /** Of `/tmp` in each container, in bytes. */
  readonly tmpBytes: number;
  /** Of all containers of a desktop together. */
  readonly desktopLimits: Limits;
  readonly egress: EgressConfig;
  /** That new desktops have. */
  readonly services: readonly port.ServiceName[];
  /** Folders of this machine that desktops can get. */
  readonly shared?: readonly HostFolder[];
  /** Without a connection for this long (ms), a service stops; by default two minutes. */
  readonly serviceIdleMs?: number;
  readonly windowManagerReady: WindowManagerReady;
  /** The group of a server process without root, which connects to the sockets of desktops. */
  readonly serverGid?: number | null;
  readonly events: port.EngineEvents;
}

const Info = z.looseObject({ CgroupDriver: z.string().default('') });
const Version = z.looseObject({
  Version: z.string(),
  Components: z.array(z.looseObject({ Name: z.string() })).nullish(),
});

/** Rejects with `engine_unavailable` when there is no engine. Cleans up what a killed server left. */
export async function createContainersEngine(options: ContainersEngineOptions): Promise<port.Engine> {
  const dataDir = resolve(options.dataDir);
  const runDir = resolve(options.runDir);
  const folders = { data: join(dataDir, 'engine'), run: join(runDir, 'engine') };
  await using cleanup = new AsyncDisposableStack();
  const service = options.socket === null ? cleanup.use(await PodmanService.start(folders)) : null;
  const api = new EngineApi(service?.socket ?? options.socket ?? '', () => service?.ready() ?? Promise.resolve());
  const [version, info] = await Promise.all([api.json(Version, 'GET', '/version'), api.json(Info, 'GET', '/info')]);
  const flavour = version.Components?.some(({ Name }) => Name.startsWith('Podman')) ? 'podman' : 'docker';
  const instance = instanceLabels(dataDir);
  const objects = new Objects(api, instance, flavour);
  const machine = { memoryBytes: totalmem(), processors: availableParallelism() };
  const desktopCgroups = new DesktopCgroups({
    driver: info.CgroupDriver,
    instance: instanceId(dataDir),
    limits: options.desktopLimits,
    machine,
    events: options.events,
  });
  const seccomp = seccompFolder(runDir);
  await writeSeccompProfiles(seccomp);
  const context: Context = {
    api,
    objects,
    instance,
    settings: {
      flavour,
      shmBytes: options.shmBytes,
      tmpBytes: options.tmpBytes,
      services: options.services,
      node: hostname(),
      init: flavour === 'docker' || inspectMachine().init !== null,
      processors: desktopCgroups.cpus,
      shared: options.shared ?? [],
      seccomp,
    },
    dataDir,
    runDir,
    outOfMemory: cleanup.use(new OutOfMemory()),
    cgroups: new CgroupFiles(),
    desktopCgroups,
    egress: await Egress.open({
      table: egressTable(dataDir),
      bridges: await bridgesOf(dataDir, objects),
      policy: options.egress,
      events: options.events,
    }),
    wallpapers: options.wallpapers ?? null,
    windowManagerReady: options.windowManagerReady,
    serverGid: options.serverGid ?? null,
    events: options.events,
  };
  await clearLeftovers(context);
  const desktops = await listDesktops(context);
  for (const { id } of desktops) await shareSockets(desktopPaths(runDir, id), context.serverGid);
  await desktopCgroups.open(desktops.filter(({ state }) => state === 'running').map(({ id }) => id));
  const { imagesDir, baseImage, languages = [], fonts = [] } = options;
  const builder = new ImageBuilder(api, { imagesDir, baseImage, languages, fonts, workDir: join(dataDir, 'cache') });
  const images = new Images(api, builder, dataDir);
  // Only to learn its age.
  await builder.isCurrent(referenceOf('desktop'));
  const closed = new AbortController();
  cleanup.defer(() => closed.abort());
  const services = cleanup.use(
    new Services(context, new ServiceImages(images, closed.signal, options.events), options.serviceIdleMs),
  );
  for (const { id, state } of desktops) if (state === 'running') await openServices(context, services, id);
  return new ContainersEngine(context, images, services, version.Version, cleanup.move());
}

/** A failure is reported and doesn't affect the desktop; its services answer with errors. */
async function openServices(context: Context, services: Services, desktopId: string): Promise<void> {
  try {
    await services.open(await findDesktop(context, desktopId), new Date());
  } catch (error) {
    context.events.failed(`listening for the services of ${desktopId}`, error);
  }
}

/** Names of all that this installation has and will have; earlier versions named them without the prefix. */
async function bridgesOf(dataDir: string, objects: Objects): Promise<string[]> {
  const existing = (await objects.networks()).flatMap(({ bridge }) => bridge ?? []);
  const prefix = bridgePrefix(dataDir);
  return [`${prefix}*`, ...existing.filter((name) => !name.startsWith(prefix))];
}

class ContainersEngine implements port.Engine {
  /** A container that joins a desktop can have everything that any other can. */
  readonly capabilities: port.EngineCapabilities = {
    ephemeral: { limits: true, nodeChoice: true },
    processLimits: true,
    buildsImages: true,
    sharedPodNetwork: false,
    separateLostHomes: false,
  };
  readonly debug: EngineDebug;
  readonly #context: Context;
  readonly #images: Images;
  readonly #services: Services;
  readonly #version: string;
  readonly #owned: AsyncDisposableStack;
  readonly #usage: UsageMeter;
  readonly #cutShort: CutShort;
  /** Desktops that are being made. */
  readonly #making = new Exclusive();

  constructor(context: Context, images: Images, services: Services, version: string, owned: AsyncDisposableStack) {
    this.#context = context;
    this.#images = images;
    this.#services = services;
    this.#version = version;
    this.#owned = owned;
    this.#usage = new UsageMeter(context);
    this.#cutShort = new CutShort(context);
    this.debug = new ContainersDebug(context);
  }

  async info(): Promise<port.EngineInfo> {
    const { flavour, node } = this.#context.settings;
    return {
      kind: 'containers',
      name: flavour === 'podman' ? 'Podman' : 'Docker',
      version: this.#version,
      host: node,
    };
  }

  makeDesktop(spec: port.DesktopSpec, report: port.DesktopReport, signal: AbortSignal): Promise<port.EngineDesktop> {
    return this.#making.run(spec.id, `The desktop ${spec.id} is being made already.`, async () => {
      const made = await startDesktop(spec, new DesktopStart(this.#context, spec), report, signal);
      this.#services.begin(spec.id, spec.account, this.#context.settings.services);
      return made;
    });
  }

  desktops(): Promise<readonly port.EngineDesktop[]> {
    return listDesktops(this.#context);
  }

  async removeDesktop(id: string, signal: AbortSignal): Promise<void> {
    await this.#services.forget(id);
    await removeDesktop(this.#context, id, signal);
  }

  async credentials(desktopId: string): Promise<port.DesktopCredentials> {
    return readCredentials(desktopPaths(this.#context.runDir, desktopId), desktopId);
  }

  connect(desktopId: string, portName: port.DesktopPort, signal: AbortSignal): Promise<Duplex> {
    return portName === 'screen' || portName === 'display'
      ? connectDesktop(this.#context.runDir, desktopId, portName, signal)
      : this.#services.connect(desktopId, portName, signal);
  }

  async serviceLastUsed(desktopId: string, service: port.ServiceName): Promise<Date | null> {
    return this.#services.lastUsed(desktopId, service);
  }

  serviceRuns(desktopId: string, service: port.ServiceName, signal: AbortSignal): Promise<void> {
    return this.#services.runs(desktopId, service, signal);
  }

  async launchOfProcess(desktopId: string, pid: number): Promise<string | null> {
    const desktop = await findDesktop(this.#context, desktopId);
    const folder = `/proc/${desktop.container.State.Pid}/root/proc/${pid}`;
    const containerId = await containerOfProcess(folder);
    if (containerId === null || containerId === desktop.container.Id) return null;
    const owner = await findLaunch(this.#context, containerId);
    return owner?.desktopId === desktopId ? nameOf(owner.container) : null;
  }

  launch(
    spec: launches.LaunchSpec,
    _report: (waiting: string) => void,
    signal: AbortSignal,
  ): Promise<launches.EngineLaunch> {
    return launch(this.#context, spec, signal);
  }

  launches(desktopId?: string): Promise<readonly launches.EngineLaunch[]> {
    return listLaunches(this.#context, desktopId);
  }

  findLaunch(_desktopId: string, id: string): Promise<launches.EngineLaunch | null> {
    return readLaunch(this.#context, id);
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

  async *logs(target: launches.Target, options: LogOptions, signal: AbortSignal): AsyncGenerator<port.EngineLogLine> {
    const { container } = await findContainer(this.#context, target);
    yield* readLogs(this.#context, container, options, signal);
  }

  async exec(target: launches.Target, spec: launches.ExecSpec, signal: AbortSignal): Promise<launches.ExecSession> {
    const { container, user } = await findContainer(this.#context, target);
    return exec(this.#context, container, user, spec, signal);
  }

  usage(desktopId: string): Promise<readonly port.LaunchUsage[]> {
    return this.#usage.read(desktopId);
  }

  sharedLimits(desktopId: string): Promise<readonly port.SharedLimit[]> {
    return this.#context.desktopCgroups.use(desktopId);
  }

  async homeBytes(desktopId: string): Promise<number> {
    return diskUse(homeOfDesktop(this.#context, await findDesktop(this.#context, desktopId)).outside);
  }

  image(reference: string): Promise<port.ImageInfo | null> {
    return this.#images.find(reference);
  }

  /** Nothing to do: there is one node, and callers that need an image wait for it. */
  async announceImages(): Promise<void> {}

  ensureImage(
    { reference, refresh }: port.AppImage,
    report: (line: string) => void,
    signal: AbortSignal,
  ): Promise<port.ImageInfo> {
    return this.#images.ensure(reference, report, signal, refresh);
  }

  watch(signal: AbortSignal): AsyncIterable<port.EngineEvent> {
    return watchEngine(this.#context, signal);
  }

  async tidy(): Promise<void> {
    await this.#cutShort.finish();
    await this.#context.desktopCgroups.tidy();
  }

  async podNetworks(): Promise<readonly string[]> {
    return [];
  }

  warnings(): readonly SystemWarning[] {
    const { egress, desktopCgroups } = this.#context;
    return [...egress.warnings(), ...desktopCgroups.warnings(), ...this.#images.warnings()];
  }

  async ready(): Promise<void> {
    await this.#context.api.json(Version, 'GET', '/version');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#owned.disposeAsync();
  }
}
