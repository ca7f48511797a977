/** The server process's side: the engine port, with the engine in another process. */
import type { Duplex } from 'node:stream';
import type { EngineDebug } from '#domain/ports/debug-engine.ts';
import type { WindowManagerReady } from '#domain/ports/display.ts';
import { DeskpodError } from '#domain/errors.ts';
import type * as port from '#domain/ports/engine.ts';
import type { EngineLaunch, ExecSession, ExecSpec, LaunchSpec, Target } from '#domain/ports/engine-launch.ts';
import type { Environment } from '#protocol/app.ts';
import type { SystemWarning } from '#protocol/system.ts';
import { RemoteDebug } from './debug-client.ts';
import { Link } from './link.ts';
import { ENGINE } from './protocol.ts';
import { watchRemote } from './watch.ts';

export interface RemoteEngineOptions {
  /** Where {@link serveEngine} listens. */
  readonly socket: string;
  /** Screens, displays and services are not relayed: this process connects them itself. */
  readonly connect: port.Engine['connect'];
  /** The engine process doesn't speak X11 either. */
  readonly windowManagerReady: WindowManagerReady;
  /**
   * Awaited before a call fails because the engine process is gone. A server process that ends with it concludes nothing
   * from an answer that never came: the next one asks the engine.
   */
  readonly whenLost?: () => Promise<void>;
  readonly events: port.EngineEvents;
}

/** For what was made although nobody wants it any longer. */
const UNDO_MS = 30_000;

/** Rejects with `engine_unavailable` when no engine process answers. Disposing of it leaves that process as it is. */
export async function openRemoteEngine(options: RemoteEngineOptions): Promise<port.Engine> {
  const link = new Link(options.socket, options.whenLost ?? (async () => {}));
  const capabilities = await link.call(ENGINE.hello, {});
  return new RemoteEngine(link, capabilities, options);
}

class RemoteEngine implements port.Engine {
  readonly capabilities: port.EngineCapabilities;
  readonly debug: EngineDebug;
  readonly #connect: port.Engine['connect'];
  readonly #link: Link;
  readonly #windowManagerReady: WindowManagerReady;
  readonly #events: port.EngineEvents;

  constructor(
    link: Link,
    capabilities: port.EngineCapabilities,
    { connect, windowManagerReady, events }: RemoteEngineOptions,
  ) {
    this.#windowManagerReady = windowManagerReady;
    this.capabilities = capabilities;
    this.#connect = connect;
    this.#link = link;
    this.#events = events;
    this.debug = new RemoteDebug(link, ({ id }) => this.removeLaunch(id));
  }

  info(): Promise<port.EngineInfo> {
    return this.#link.call(ENGINE.info, {});
  }

  async makeDesktop(
    spec: port.DesktopSpec,
    report: port.DesktopReport,
    outer: AbortSignal,
  ): Promise<port.EngineDesktop> {
    const undo = ({ id }: port.EngineDesktop): Promise<void> => this.removeDesktop(id, AbortSignal.timeout(UNDO_MS));
    const own = new AbortController();
    const signal = AbortSignal.any([outer, own.signal]);
    const tell = ({ step, detail }: { step: port.DesktopStep; detail?: string }): void => {
      report(step, detail);
      if (step !== 'window_manager' || detail !== undefined) return;
      this.#reportWindowManager(spec.id, signal).catch((error: unknown) => own.abort(error));
    };
    try {
      return await this.#link.call(ENGINE.makeDesktop, { spec }, { report: tell, signal, undo });
    } finally {
      own.abort();
    }
  }

  async #reportWindowManager(desktopId: string, signal: AbortSignal): Promise<void> {
    const { xCookie } = await this.credentials(desktopId);
    await this.#windowManagerReady(() => this.connect(desktopId, 'display', signal), xCookie, signal);
    await this.#link.call(ENGINE.windowManagerReady, { xCookie });
  }

  desktops(): Promise<readonly port.EngineDesktop[]> {
    return this.#link.call(ENGINE.desktops, {});
  }

  removeDesktop(id: string, signal: AbortSignal): Promise<void> {
    return this.#link.call(ENGINE.removeDesktop, { id }, { signal });
  }

  credentials(desktopId: string): Promise<port.DesktopCredentials> {
    return this.#link.call(ENGINE.credentials, { desktopId });
  }

  /** A service that doesn't run is started by the engine process, then connected from here. */
  async connect(desktopId: string, portName: port.DesktopPort, signal: AbortSignal): Promise<Duplex> {
    if (portName === 'screen' || portName === 'display') return await this.#connect(desktopId, portName, signal);
    try {
      return await this.#connect(desktopId, portName, signal);
    } catch (error) {
      if (!(error instanceof DeskpodError) || error.code !== 'desktop_missing') throw error;
      await this.#link.call(ENGINE.startService, { desktopId, service: portName }, { signal });
      return await this.#connect(desktopId, portName, signal);
    }
  }

  async serviceRuns(desktopId: string, service: port.ServiceName, signal: AbortSignal): Promise<void> {
    for await (const _ of this.#link.items(ENGINE.serviceRuns, { desktopId, service }, signal)) return;
    signal.throwIfAborted();
  }

  serviceLastUsed(desktopId: string, service: port.ServiceName): Promise<Date | null> {
    return this.#link.call(ENGINE.serviceLastUsed, { desktopId, service });
  }

  launchOfProcess(desktopId: string, pid: number): Promise<string | null> {
    return this.#link.call(ENGINE.launchOfProcess, { desktopId, pid });
  }

  launch(spec: LaunchSpec, report: (waiting: string) => void, signal: AbortSignal): Promise<EngineLaunch> {
    const undo = ({ id }: EngineLaunch): Promise<void> => this.removeLaunch(id);
    return this.#link.call(ENGINE.launch, { spec }, { report, signal, undo });
  }

  launches(desktopId?: string): Promise<readonly EngineLaunch[]> {
    return this.#link.call(ENGINE.launches, desktopId === undefined ? {} : { desktopId });
  }

  findLaunch(desktopId: string, id: string): Promise<EngineLaunch | null> {
    return this.#link.call(ENGINE.findLaunch, { desktopId, id });
  }

  environment(id: string): Promise<Environment> {
    return this.#link.call(ENGINE.environment, { id });
  }

  stopLaunch(id: string, graceMs: number, signal: AbortSignal): Promise<void> {
    return this.#link.call(ENGINE.stopLaunch, { id, graceMs }, { signal });
  }

  removeLaunch(id: string): Promise<void> {
    return this.#link.call(ENGINE.removeLaunch, { id });
  }

  logs(
    target: Target,
    options: { follow: boolean; tailBytes: number },
    signal: AbortSignal,
  ): AsyncIterable<port.EngineLogLine> {
    return this.#link.items(ENGINE.logs, { target, options }, signal);
  }

  exec(target: Target, spec: ExecSpec, signal: AbortSignal): Promise<ExecSession> {
    return this.#link.session(ENGINE.exec, { target, spec }, signal);
  }

  usage(desktopId: string): Promise<readonly port.LaunchUsage[]> {
    return this.#link.call(ENGINE.usage, { desktopId });
  }

  sharedLimits(desktopId: string): Promise<readonly port.SharedLimit[]> {
    return this.#link.call(ENGINE.sharedLimits, { desktopId });
  }

  homeBytes(desktopId: string): Promise<number | null> {
    return this.#link.call(ENGINE.homeBytes, { desktopId });
  }

  image(reference: string): Promise<port.ImageInfo | null> {
    return this.#link.call(ENGINE.image, { reference });
  }

  announceImages(images: readonly port.AppImage[]): Promise<void> {
    return this.#link.call(ENGINE.announceImages, { images: [...images] });
  }

  ensureImage(image: port.AppImage, report: (line: string) => void, signal: AbortSignal): Promise<port.ImageInfo> {
    return this.#link.call(ENGINE.ensureImage, { image }, { report, signal });
  }

  watch(signal: AbortSignal): AsyncIterable<port.EngineEvent> {
    return watchRemote(this.#link, this, this.#events, signal);
  }

  tidy(): Promise<void> {
    return this.#link.call(ENGINE.tidy, {});
  }

  podNetworks(): Promise<readonly string[]> {
    return this.#link.call(ENGINE.podNetworks, {});
  }

  /** Those that came with the last answer of the engine process. */
  warnings(): readonly SystemWarning[] {
    return this.#link.warnings;
  }

  ready(): Promise<void> {
    return this.#link.call(ENGINE.ready, {});
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#link.close();
  }
}
