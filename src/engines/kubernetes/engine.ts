/** The `kubernetes` engine: desktops and launches as pods and ephemeral containers. Puts its parts together. */
import type { Duplex } from 'node:stream';
import type { KubernetesConfig } from '#config/config.ts';
import type * as port from '#domain/ports/engine.ts';
import type * as launches from '#domain/ports/engine-launch.ts';
import type { EngineDebug } from '#domain/ports/debug-engine.ts';
import { DeskpodError } from '#domain/errors.ts';
import { ignore } from '#protocol/ignore.ts';
import type { Environment } from '#protocol/app.ts';
import type { WindowManagerReady } from '#domain/ports/display.ts';
import { credentialsOf } from './desktops/credentials.ts';
import { ClusterApi } from './cluster/api.ts';
import { hasStatus } from './cluster/api-fault.ts';
import { connectTo } from './cluster/connect.ts';
import { type Context, findDesktop, graphicalContainer } from './context.ts';
import { listDesktops, removeDesktop } from './desktops/desktops.ts';
import { connectDisplay } from './desktops/display.ts';
import { DesktopStart } from './desktops/start.ts';
import { isLaunchContainer, portOf, servicesOf } from './pods/describe.ts';
import { refuseEnded } from './debug/attach.ts';
import { debugOf } from './debug/debug.ts';
import { exec } from './exec/exec.ts';
import { markFinished } from './pods/finished.ts';
import { announceImages, ensureImage, findImage } from './images/images.ts';
import { launchEnvironment, listLaunches, readLaunch } from './launches/launches.ts';
import { removeLaunch } from './launches/remove.ts';
import { launch } from './launches/start.ts';
import { stopLaunch } from './launches/stop.ts';
import { type LogOptions, readLogs } from './exec/logs.ts';
import { NodeQueries } from './exec/node-queries.ts';
import { containerRef, findTarget, isRunning } from './pods/targets.ts';
import { containerIdOf } from './cluster/pod.ts';
import { PORTS } from './cluster/ports.ts';
import { tidy } from './tidy.ts';
import { usageOf } from './host/usage-of.ts';
import { UsageMeter } from './host/usage.ts';
import { View } from './cluster/view.ts';
import { watchEngine } from './pods/watch.ts';
import { Exclusive } from '../shared/exclusive.ts';
import { startDesktop } from '../shared/start-desktop.ts';

/** By then the status of a container that was just started is in the view. */
const STATUS_DELAY_MS = 1_000;

export interface KubernetesEngineOptions {
  readonly config: KubernetesConfig;
  /** Shared memory of a desktop, in bytes. */
  readonly shmBytes: number;
  readonly windowManagerReady: WindowManagerReady;
  readonly events: port.EngineEvents;
}

/** Rejects with `engine_unavailable` when the cluster cannot be reached or does not let this server list pods. */
export async function createKubernetesEngine(options: KubernetesEngineOptions): Promise<port.Engine> {
  const { config, shmBytes, windowManagerReady, events } = options;
  const api = ClusterApi.connect(config.kubeconfig);
  const { namespace } = config.pods;
  const view = await View.open(api, namespace);
  const context: Context = {
    api,
    namespace,
    settings: { namespace, config, shmBytes },
    view,
    nodeQueries: new NodeQueries((desktopId) => graphicalContainer({ api, namespace }, desktopId)),
    credentials: new Map(),
    windowManagerReady,
    events,
  };
  return new KubernetesEngine(context, markFinished(context));
}

class KubernetesEngine implements port.Engine {
  /** Kubernetes limits no ephemeral container by itself, and processes only for all pods of a node. */
  readonly capabilities: port.EngineCapabilities = {
    ephemeral: { limits: false, nodeChoice: false },
    processLimits: false,
    buildsImages: false,
    sharedPodNetwork: true,
    separateLostHomes: true,
  };
  readonly debug: EngineDebug;
  readonly #context: Context;
  readonly #stop: () => void;
  readonly #usage = new UsageMeter();
  /** Desktops that are being made. */
  readonly #making = new Exclusive();
  #version: string | null = null;

  constructor(context: Context, stop: () => void) {
    this.#context = context;
    this.debug = debugOf(context);
    this.#stop = stop;
  }

  async info(): Promise<port.EngineInfo> {
    this.#version ??= await this.#context.api.version();
    const { server } = this.#context.api;
    return { kind: 'kubernetes', name: 'Kubernetes', version: this.#version, host: new URL(server).host };
  }

  makeDesktop(spec: port.DesktopSpec, report: port.DesktopReport, signal: AbortSignal): Promise<port.EngineDesktop> {
    return this.#making.run(spec.id, `The desktop ${spec.id} is being made already.`, () =>
      startDesktop(spec, new DesktopStart(this.#context, spec), report, signal),
    );
  }

  async desktops(): Promise<readonly port.EngineDesktop[]> {
    return listDesktops(this.#context).filter(({ id }) => !this.#making.has(id));
  }

  removeDesktop(id: string, signal: AbortSignal): Promise<void> {
    return removeDesktop(this.#context, id, signal);
  }

  async credentials(desktopId: string): Promise<port.DesktopCredentials> {
    return credentialsOf(this.#context, findDesktop(this.#context, desktopId));
  }

  async connect(desktopId: string, portName: port.DesktopPort, signal: AbortSignal): Promise<Duplex> {
    const { pod } = findDesktop(this.#context, desktopId);
    if (portName === 'display') return connectDisplay(this.#context, pod, signal);
    const host = pod.status.podIP ?? '';
    if (portName === 'screen') return connectTo({ host, port: PORTS.graphical }, signal);
    return connectTo({ host, port: portOf(pod, portName) }, signal);
  }

  /** Services run as long as the desktop's pod. */
  async serviceLastUsed(desktopId: string, service: port.ServiceName): Promise<Date | null> {
    const { pod } = findDesktop(this.#context, desktopId);
    return servicesOf(pod)[service] === undefined ? null : new Date();
  }

  async serviceRuns(desktopId: string, service: port.ServiceName): Promise<void> {
    portOf(findDesktop(this.#context, desktopId).pod, service);
  }

  async launchOfProcess(desktopId: string, pid: number): Promise<string | null> {
    const { pod } = findDesktop(this.#context, desktopId);
    const containerId = await this.#context.nodeQueries.ownerOf(desktopId, pid);
    const entries = pod.status.ephemeralContainerStatuses ?? [];
    const owner = entries.find((status) => containerIdOf(status) === containerId)?.name;
    // A launch may open windows before its container is in the pod's status.
    if (owner !== undefined) return isLaunchContainer(pod, owner) ? owner : null;
    if (containerId === null) return null;
    return this.#ownerSoon(desktopId, containerId);
  }

  launch(
    spec: launches.LaunchSpec,
    report: (waiting: string) => void,
    signal: AbortSignal,
  ): Promise<launches.EngineLaunch> {
    return launch(this.#context, spec, report, signal);
  }

  async launches(desktopId?: string): Promise<readonly launches.EngineLaunch[]> {
    return listLaunches(this.#context, desktopId);
  }

  findLaunch(desktopId: string, id: string): Promise<launches.EngineLaunch | null> {
    return readLaunch(this.#context, desktopId, id);
  }

  async environment(id: string): Promise<Environment> {
    return launchEnvironment(this.#context, id);
  }

  stopLaunch(id: string, graceMs: number, signal: AbortSignal): Promise<void> {
    return stopLaunch(this.#context, id, graceMs, signal);
  }

  removeLaunch(id: string): Promise<void> {
    return removeLaunch(this.#context, id);
  }

  async *logs(target: launches.Target, options: LogOptions, signal: AbortSignal): AsyncGenerator<port.EngineLogLine> {
    const located = findTarget(this.#context, target);
    const runs = () => isRunning(this.#context, located);
    yield* readLogs({ ...containerRef(this.#context, located), runs }, options, signal);
  }

  async exec(target: launches.Target, spec: launches.ExecSpec, signal: AbortSignal): Promise<launches.ExecSession> {
    const located = findTarget(this.#context, target);
    if (!isRunning(this.#context, located)) {
      refuseEnded(located);
      throw new DeskpodError('conflict', 'It does not run, so no command can run in it.');
    }
    return exec(containerRef(this.#context, located), spec, signal);
  }

  async homeBytes(): Promise<null> {
    return null;
  }

  async sharedLimits(): Promise<readonly port.SharedLimit[]> {
    return [];
  }

  usage(desktopId: string): Promise<readonly port.LaunchUsage[]> {
    return usageOf(this.#context, this.#usage, desktopId);
  }

  async image(reference: string): Promise<port.ImageInfo | null> {
    return findImage(this.#context, reference);
  }

  announceImages(images: readonly port.AppImage[]): Promise<void> {
    return announceImages(this.#context, images);
  }

  ensureImage(image: port.AppImage, report: (line: string) => void, signal: AbortSignal): Promise<port.ImageInfo> {
    return ensureImage(this.#context, image, report, signal);
  }

  watch(signal: AbortSignal): AsyncIterable<port.EngineEvent> {
    return watchEngine(this.#context, signal);
  }

  tidy(): Promise<void> {
    return tidy(this.#context, this.#making);
  }

  warnings(): readonly [] {
    return [];
  }

  async podNetworks(): Promise<readonly string[]> {
    const { config } = this.#context.settings;
    if (config.podNetworks !== null) return config.podNetworks;
    return [...this.#context.view.nodes].flatMap(({ spec }) => spec.podCIDRs ?? (spec.podCIDR ? [spec.podCIDR] : []));
  }

  async ready(): Promise<void> {
    try {
      await this.#context.api.version();
    } catch (error) {
      throw hasStatus(error, 0) ? new DeskpodError('engine_unavailable', String(error), { cause: error }) : error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop();
    await this.#context.nodeQueries[Symbol.asyncDispose]();
    await this.#context.view[Symbol.asyncDispose]();
  }

  async #ownerSoon(desktopId: string, containerId: string): Promise<string | null> {
    try {
      return await this.#context.view.until(
        desktopId,
        (pod) => {
          const all = pod?.status.ephemeralContainerStatuses ?? [];
          const name = all.find((status) => containerIdOf(status) === containerId)?.name;
          return pod && name !== undefined && isLaunchContainer(pod, name) ? name : null;
        },
        AbortSignal.timeout(STATUS_DELAY_MS),
      );
    } catch (error) {
      // A container of the desktop itself, or one that an administrator added.
      ignore('the process belongs to no launch')(error);
      return null;
    }
  }
}
