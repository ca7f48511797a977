/** Updates of installed apps: their images are built again while the old ones run. One at a time; forgotten with the server. */
import type { AppDocument } from '#protocol/manager.ts';
import type { AppImage, Engine } from '../ports/engine.ts';
import { DeskpodError } from '../errors.ts';
import { reasonOf, throttled } from './images.ts';
import { Installs } from './installs.ts';

export type UpdateState =
  | { readonly state: 'updating'; readonly step: string; readonly startedAt: string }
  | { readonly state: 'failed'; readonly reason: string };

export interface UpdatesDeps {
  readonly images: Pick<Engine, 'ensureImage'>;
  /** The new image is there. */
  readonly updated: (document: AppDocument) => Promise<void>;
  readonly changed: (id: string) => void;
}

export class Updates implements AsyncDisposable {
  readonly #deps: UpdatesDeps;
  readonly #running = new Installs(1);
  readonly #states = new Map<string, UpdateState>();

  constructor(deps: UpdatesDeps) {
    this.#deps = deps;
  }

  /** Null if it is not being updated, and the last update did not fail. */
  get(id: string): UpdateState | null {
    return this.#states.get(id) ?? null;
  }

  /** Joins the update of this app that runs. `app_unavailable` with the reason if it fails. */
  async run(document: AppDocument, image: AppImage): Promise<void> {
    await this.#running.run(document.id, async (signal) => await this.#update(document, image, signal));
  }

  /** Ends the update, and forgets its failure. */
  forget(id: string): void {
    this.#running.cancel(id);
    this.#states.delete(id);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#running[Symbol.asyncDispose]();
  }

  async #update(document: AppDocument, image: AppImage, signal: AbortSignal): Promise<void> {
    const startedAt = new Date().toISOString();
    const { report, close } = throttled((step) => this.#set(document.id, { state: 'updating', step, startedAt }));
    report('waiting for the image');
    try {
      await this.#deps.images.ensureImage(image, report, signal);
      close();
      this.#states.delete(document.id);
      await this.#deps.updated(document);
      this.#deps.changed(document.id);
    } catch (cause) {
      close();
      if (signal.aborted && signal.reason instanceof DeskpodError) throw signal.reason;
      const reason = reasonOf(cause, image.reference);
      this.#set(document.id, { state: 'failed', reason });
      throw new DeskpodError('app_unavailable', `${document.displayname} cannot be updated: ${reason}`, { cause });
    }
  }

  #set(id: string, state: UpdateState): void {
    this.#states.set(id, state);
    this.#deps.changed(id);
  }
}
