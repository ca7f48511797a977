/** The images of services: built in the background when a desktop opens, so that they are there when they are needed. */
import type { EngineEvents, ImageInfo, ServiceName } from '#domain/ports/engine.ts';
import { waitAtMost } from '#domain/deadlines.ts';
import { DeskpodError } from '#domain/errors.ts';
import { serviceImage } from '../specs/service-spec.ts';

interface Images {
  ensure(reference: string, report: (line: string) => void, signal: AbortSignal): Promise<ImageInfo>;
}

/** With everything below it. */
const BUILD_MS = 1_800_000;
/** To find out that an image is up to date. */
const LOOK_MS = 3_000;

export class ServiceImages {
  readonly #images: Images;
  readonly #closed: AbortSignal;
  readonly #events: EngineEvents;
  /** By service: resolves to whether the image is there and of this version. */
  readonly #prepared = new Map<ServiceName, Promise<boolean>>();

  /** `closed` ends builds: they outlive the requests that began them. */
  constructor(images: Images, closed: AbortSignal, events: EngineEvents) {
    this.#images = images;
    this.#closed = closed;
    this.#events = events;
  }

  /** Begins to build it unless it's up to date. */
  prepare(service: ServiceName): void {
    if (!this.#prepared.has(service)) this.#prepared.set(service, this.#build(service));
  }

  /** `service_unavailable` while it's being built. An image of another version may not know how to start here. */
  async require(service: ServiceName): Promise<void> {
    this.prepare(service);
    if (await waitAtMost(LOOK_MS, this.#prepared.get(service) ?? Promise.resolve(false), false)) return;
    throw new DeskpodError('service_unavailable', `The image of the service “${service}” is being built.`, {
      remedy: 'Try again in a minute. The server’s log has the reason if this lasts.',
    });
  }

  async #build(service: ServiceName): Promise<boolean> {
    const reference = serviceImage(service);
    try {
      const signal = AbortSignal.any([this.#closed, AbortSignal.timeout(BUILD_MS)]);
      await this.#images.ensure(reference, () => undefined, signal);
      return true;
    } catch (error) {
      // The next one who needs it tries again.
      this.#prepared.delete(service);
      if (!this.#closed.aborted) this.#events.failed(`building ${reference}`, error);
      return false;
    }
  }
}
