/** The `kubernetes` engine: desktops and launches as pods and ephemeral containers. Puts its parts together. */
import type { Duplex } from 'node:stream';
import type { KubernetesConfig } from '#config/config.ts';
import type * as port from '#domain/engine.ts';
import type { EngineDebug } from '#domain/debug/engine.ts';
import { DeskpodError } from '#domain/errors.ts';
import type { Environment } from '#protocol/app.ts';
import type { WindowManagerReady } from '../open.ts';
import { accessOf } from './access.ts';
import { ClusterApi, hasStatus } from './api.ts';
import { connectTo } from './connect.ts';
import { type Context, desktopIn, graphicalOf } from './context.ts';
import { connectDisplay, listDesktops, makeDesktop, removeDesktop } from './desktops.ts';
import { isLaunchEntry } from './describe.ts';
import { debugOf } from './debug/debug.ts';
import { exec } from './exec.ts';
import { markFinished } from './finished.ts';
import { announceImages, ensureImage, findImage } from './images.ts';
import { launch, launchEnvironment, listLaunches, removeLaunch, stopLaunch } from './launches.ts';
import { type LogOptions, readLogs } from './logs.ts';
import { Looks } from './look.ts';
import { execPlace, hasTerminal, placeOf, runsAt } from './places.ts';
import { containerIdOf } from './pod.ts';
import { PORTS } from './ports.ts';
import { tidy } from './tidy.ts';
import { usageOf } from './usage-of.ts';
import { UsageMeter } from './usage.ts';
import { View } from './view.ts';
import { watchEngine } from './watch.ts';

export interface KubernetesEngineOptions {
  readonly config: KubernetesConfig;
  /** Size of the shared memory of a desktop, bytes. */
  readonly shmBytes: number;
  readonly windowManagerReady: WindowManagerReady;
}

/** Rejects with `engine_unavailable` when the cluster cannot be reached or does not let us look. */
export async function createKubernetesEngine(
  options: KubernetesEngineOptions,
): Promise<port.Engine & { readonly debug: EngineDebug }> {
  const { config, shmBytes, windowManagerReady } = options;
  const api = ClusterApi.connect(config.kubeconfig);
  const { namespace } = config;
  const view = await View.open(api, namespace);
  const context: Context = {
    api,
    namespace,
    around: { namespace, config, shmBytes },
    view,
    looks: new Looks((desktopId) => graphicalOf({ api, namespace }, desktopId)),
    accesses: new Map(),
    windowManagerReady,
  };
  // A label is not worth a desktop: the next change of the pod tries again.
  return new KubernetesEngine(
    context,
    markFinished(context, () => {}),
  );
}

class KubernetesEngine implements port.Engine {
  readonly debug: EngineDebug;
  readonly #context: Context;
  readonly #stop: () => void;
  readonly #usage = new UsageMeter();
  /** Desktops in the making: two of one id would undo each other. */
  readonly #making = new Set<string>();
  #version: string | null = null;

  constructor(context: Context, stop: () => void) {
    this.#context = context;
    this.debug = debugOf(context);
    this.#stop = stop;
  }

  async info(): Promise<port.EngineInfo> {
    this.#version ??= await this.#context.api.version();
    const { server } = this.#context.api;
    return { kind: 'kubernetes', name: 'Kubernetes', version: this.#version, place: new URL(server).host };
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

  async desktops(): Promise<readonly port.EngineDesktop[]> {
    return listDesktops(this.#context).filter(({ id }) => !this.#making.has(id));
  }

  removeDesktop(id: string, signal: AbortSignal): Promise<void> {
    return removeDesktop(this.#context, id, signal);
  }

  async credentials(desktopId: string): Promise<port.DesktopCredentials> {
    const { vncPassword, xCookie } = await accessOf(this.#context, desktopId);
    return { vncPassword, xCookie };
  }

  async connect(desktopId: string, portName: port.DesktopPort, signal: AbortSignal): Promise<Duplex> {
    const { pod } = desktopIn(this.#context, desktopId);
    if (portName === 'display') return connectDisplay(this.#context, pod, signal);
    return connectTo({ host: pod.status.podIP ?? '', port: PORTS.graphical }, signal);
  }

  async launchOfProcess(desktopId: string, pid: number): Promise<string | null> {
    const { pod } = desktopIn(this.#context, desktopId);
    const containerId = await this.#context.looks.ownerOf(desktopId, pid);
    const entries = pod.status.ephemeralContainerStatuses ?? [];
    const owner = entries.find((status) => containerIdOf(status) === containerId)?.name;
    // One that was just started may draw before the cluster tells of it.
    if (owner !== undefined) return isLaunchEntry(pod, owner) ? owner : null;
    if (containerId === null) return null;
    return this.#ownerSoon(desktopId, containerId);
  }

  launch(spec: port.LaunchSpec, report: (waiting: string) => void, signal: AbortSignal): Promise<port.EngineLaunch> {
    return launch(this.#context, spec, report, signal);
  }

  async launches(desktopId?: string): Promise<readonly port.EngineLaunch[]> {
    return listLaunches(this.#context, desktopId);
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

  async *logs(target: port.Target, options: LogOptions, signal: AbortSignal): AsyncGenerator<port.EngineLogLine> {
    const place = placeOf(this.#context, target);
    const runs = () => runsAt(this.#context, place);
    const terminal = hasTerminal(place);
    yield* readLogs({ ...execPlace(this.#context, place), runs, terminal }, options, signal);
  }

  async exec(target: port.Target, spec: port.ExecSpec, signal: AbortSignal): Promise<port.ExecSession> {
    const place = placeOf(this.#context, target);
    if (!runsAt(this.#context, place)) throw new DeskpodError('conflict', 'It does not run, so nothing can run in it.');
    return exec(execPlace(this.#context, place), spec, signal);
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

  async podNetworks(): Promise<readonly string[]> {
    const { config } = this.#context.around;
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
    await this.#context.looks[Symbol.asyncDispose]();
    await this.#context.view[Symbol.asyncDispose]();
  }

  async #ownerSoon(desktopId: string, containerId: string): Promise<string | null> {
    try {
      return await this.#context.view.until(
        desktopId,
        (pod) => {
          const all = pod?.status.ephemeralContainerStatuses ?? [];
          const name = all.find((status) => containerIdOf(status) === containerId)?.name;
          return pod && name !== undefined && isLaunchEntry(pod, name) ? name : null;
        },
        AbortSignal.timeout(1_000),
      );
    } catch {
      // The desktop's own, or a tool that an administrator put there.
      return null;
    }
  }
}
