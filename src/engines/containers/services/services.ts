/** The services of desktops: each starts when it is first used, and stops when nobody has used it for a while. */
import type { Duplex } from 'node:stream';
import type { Account, ServiceName } from '#domain/ports/engine.ts';
import { until, withDeadline } from '#domain/deadlines.ts';
import { DeskpodError } from '#domain/errors.ts';
import { ignore } from '#protocol/ignore.ts';
import type { Context } from '../context.ts';
import { connectDesktop } from '../desktops/connect.ts';
import { removeContainer } from '../host/processes.ts';
import { isRunning, type OwnedContainer } from '../pods/describe.ts';
import { servicesIn } from '../pods/labels.ts';
import { waitForEnd } from '../pods/wait-for-end.ts';
import { desktopPaths } from '../specs/paths.ts';
import { servicePaths } from '../specs/service-mounts.ts';
import { ActivationSocket } from './activation.ts';
import { openConnections } from './open-connections.ts';
import type { ServiceImages } from './images.ts';
import { findService, startService } from './start.ts';

/** Without a connection for this long, a service stops. */
const IDLE_MS = 120_000;
const LOOK_MS = 30_000;
/** To start, once its image is there. */
const START_MS = 20_000;
/** After a start that failed, programs that connect again and again get the same error for this long. */
const FAILURE_MS = 5_000;

interface Running {
  readonly containerId: string;
  readonly pid: number;
  /** Milliseconds, monotonic. */
  usedAt: number;
  /** Ends following the container. */
  readonly following: AbortController;
}

/** One service of one desktop. */
class Service {
  activation: ActivationSocket | null = null;
  running: Running | null = null;
  starting: Promise<void> | null = null;
  failure: { readonly error: unknown; readonly at: number } | null = null;
  closed = false;
  /** Called when it has started, and when its desktop is removed. */
  readonly waiting = new Set<() => void>();
  /** When it last ran; null if it hasn't. */
  ranAt: Date | null;

  constructor(ranAt: Date | null) {
    this.ranAt = ranAt;
  }
}

export class Services implements AsyncDisposable {
  readonly #context: Context;
  readonly #images: ServiceImages;
  readonly #idleMs: number;
  /** By desktop. */
  readonly #desktops = new Map<string, Map<ServiceName, Service>>();
  readonly #looking: NodeJS.Timeout;

  constructor(context: Context, images: ServiceImages, idleMs = IDLE_MS) {
    this.#context = context;
    this.#images = images;
    this.#idleMs = idleMs;
    const look = (): void =>
      void this.stopIdle().catch((error: unknown) => this.#failed('stopping idle services', error));
    this.#looking = setInterval(look, Math.min(LOOK_MS, idleMs)).unref();
  }

  /** For a desktop that was just made: none of its services runs yet. Programs can connect a moment later. */
  begin(desktopId: string, account: Account, names: readonly ServiceName[]): void {
    for (const [name, service] of this.#register(desktopId, names, null)) {
      this.#activate(desktopId, account, name, service)
        .then(() => (service.running === null ? service.activation?.listen() : service.activation?.pass()))
        .catch((error: unknown) => {
          // Its folder is gone if the desktop was removed meanwhile.
          if (!service.closed) this.#failed(`listening for programs at the service ${name} of ${desktopId}`, error);
        });
    }
  }

  /** For a desktop that runs, maybe with services that an earlier process of the server started: they may have run by `ranAt`. */
  async open({ container, desktopId, account }: OwnedContainer, ranAt: Date): Promise<void> {
    for (const [name, service] of this.#register(desktopId, servicesIn(container.Config.Labels ?? {}), ranAt)) {
      await this.#activate(desktopId, account, name, service);
      const found = await findService(this.#context, desktopId, name);
      if (found !== null && isRunning(found.container)) await this.#follow(desktopId, name, service, found);
      else await service.activation?.listen();
    }
  }

  #register(desktopId: string, names: readonly ServiceName[], ranAt: Date | null): ReadonlyMap<ServiceName, Service> {
    const services = new Map(names.map((name) => [name, new Service(ranAt)]));
    this.#desktops.set(desktopId, services);
    // Ready, and of the current version, before anybody needs it; after the images of the desktop, which come first.
    for (const name of names) this.#images.prepare(name);
    return services;
  }

  async #activate(desktopId: string, { uid }: Account, name: ServiceName, service: Service): Promise<void> {
    const { folder, own, programs } = servicePaths(desktopPaths(this.#context.runDir, desktopId), name);
    if (programs === null) return;
    const activation = await ActivationSocket.open({
      folder,
      own,
      name: programs,
      uid,
      connect: () => this.connect(desktopId, name, AbortSignal.timeout(START_MS)),
      failed: (error) => this.#failed(`connecting a program to the service ${name} of ${desktopId}`, error),
    });
    if (service.closed) await activation.close();
    else service.activation = activation;
  }

  /** See {@link Engine.serviceRuns}. */
  async runs(desktopId: string, name: ServiceName, signal: AbortSignal): Promise<void> {
    const service = this.#service(desktopId, name);
    const subscribe = (changed: () => void): (() => void) => {
      service.waiting.add(changed);
      return () => service.waiting.delete(changed);
    };
    const running = (): true | undefined => {
      if (service.closed) throw missing(name);
      return service.running === null ? undefined : true;
    };
    await until(subscribe, running, signal);
  }

  #service(desktopId: string, name: ServiceName): Service {
    const service = this.#desktops.get(desktopId)?.get(name);
    if (!service) throw missing(name);
    return service;
  }

  /** See {@link Engine.serviceLastUsed}. */
  lastUsed(desktopId: string, name: ServiceName): Date | null {
    const service = this.#desktops.get(desktopId)?.get(name);
    if (!service) return null;
    return service.running !== null || service.starting !== null ? new Date() : service.ranAt;
  }

  /** `service_unavailable` if the desktop doesn't have it, its image isn't built yet, or it doesn't start. */
  async connect(desktopId: string, name: ServiceName, signal: AbortSignal): Promise<Duplex> {
    const { runDir } = this.#context;
    const running = this.#desktops.get(desktopId)?.get(name)?.running;
    if (running) {
      running.usedAt = performance.now();
      const connected = await connectDesktop(runDir, desktopId, name, signal).catch(
        ignore('it has just ended, and is started again', null),
      );
      if (connected !== null) return connected;
    }
    await this.start(desktopId, name, signal);
    return await connectDesktop(runDir, desktopId, name, signal);
  }

  /** Returns when it accepts connections. The signal ends the wait, not the start, which others may wait for. */
  async start(desktopId: string, name: ServiceName, signal: AbortSignal): Promise<void> {
    const service = this.#service(desktopId, name);
    const { failure } = service;
    if (failure !== null && performance.now() - failure.at < FAILURE_MS) throw failure.error;
    service.starting ??= this.#start(desktopId, name, service).finally(() => (service.starting = null));
    await withDeadline(service.starting, signal);
  }

  async #start(desktopId: string, name: ServiceName, service: Service): Promise<void> {
    service.failure = null;
    try {
      const signal = AbortSignal.timeout(START_MS);
      const started = await startService(this.#context, this.#images, desktopId, name, signal);
      if (service.closed) return await removeContainer(this.#context, started.container.Id);
      await this.#follow(desktopId, name, service, started);
    } catch (error) {
      service.failure = { error, at: performance.now() };
      throw error;
    }
  }

  /** Programs connect to it directly until it ends. */
  async #follow(desktopId: string, name: ServiceName, service: Service, { container }: OwnedContainer): Promise<void> {
    const { Id: containerId, State } = container;
    service.running?.following.abort();
    const following = new AbortController();
    const running: Running = { containerId, pid: State.Pid, usedAt: performance.now(), following };
    service.running = running;
    for (const changed of service.waiting) changed();
    await service.activation?.pass();
    const ended = async (): Promise<void> => {
      await waitForEnd(this.#context, containerId, following.signal);
      if (service.running !== running) return;
      service.running = null;
      service.ranAt = new Date();
      await service.activation?.listen();
      await removeContainer(this.#context, containerId);
    };
    ended().catch((error: unknown) => {
      if (!following.signal.aborted) this.#failed(`following the service ${name} of ${desktopId}`, error);
    });
  }

  async stopIdle(): Promise<void> {
    for (const [desktopId, services] of this.#desktops)
      for (const [name, service] of services) await this.#stopIfIdle(desktopId, name, service);
  }

  async #stopIfIdle(desktopId: string, name: ServiceName, { running, activation, starting }: Service): Promise<void> {
    if (running === null || starting !== null) return;
    const { own, inside } = servicePaths(desktopPaths(this.#context.runDir, desktopId), name);
    const inUse = async (): Promise<boolean> =>
      (activation?.connections ?? 0) > 0 || (await openConnections(running.pid, `${inside}/${own}`)) > 0;
    if (await inUse()) running.usedAt = performance.now();
    if (performance.now() - running.usedAt < this.#idleMs) return;
    // From now on, a program that connects starts it again. One that connected before keeps it running.
    await activation?.listen();
    if (await inUse()) return await activation?.pass();
    // Its end is followed.
    await removeContainer(this.#context, running.containerId);
  }

  /** Before the desktop's containers and folders are removed. */
  async forget(desktopId: string): Promise<void> {
    const services = this.#desktops.get(desktopId);
    this.#desktops.delete(desktopId);
    for (const service of services?.values() ?? []) {
      service.closed = true;
      for (const changed of service.waiting) changed();
      service.running?.following.abort();
      await service.activation?.close();
      await service.starting?.catch(ignore('the desktop is being removed'));
    }
  }

  /** Services keep running: the next process of the server finds them. */
  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#looking);
    for (const services of this.#desktops.values())
      for (const { running, activation } of services.values()) {
        running?.following.abort();
        await activation?.close();
      }
    this.#desktops.clear();
  }

  #failed(what: string, error: unknown): void {
    this.#context.events.failed(what, error);
  }
}

function missing(name: ServiceName): DeskpodError {
  return new DeskpodError('service_unavailable', `This desktop doesn't have the service “${name}”.`, {
    remedy: `If engine.services has ${name}, new desktops have it: log out and in again.`,
  });
}
