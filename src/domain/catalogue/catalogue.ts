/**
 * The catalogue: which apps there are, whether their images are here, and getting them here. Entries live in the store;
 * this class keeps them in memory, so that listing and launching ask nobody.
 */
import type { App, AppAvailability, Limits, PodWishes, Runtime } from '../../protocol/app.ts';
import type { AppDocument } from '../../protocol/manager.ts';
import type { Engine, ImageInfo } from '../engine.ts';
import { DeskpodError } from '../errors.ts';
import type { Replicas } from '../replicas.ts';
import type { Store } from '../store.ts';
import { visibleTo, type Viewer } from './acl.ts';
import { toApp } from './app.ts';
import { ImageStates } from './images.ts';
import { findApp, findDocument } from './lookup.ts';
import { documentOfImage, withVariants } from './own.ts';
import type { OwnImage } from './own.ts';
import { limitsFor, podWishesFor, runtimeFor } from './runtime.ts';
import type { EphemeralAbilities, ExecuteClasses, RuntimeChoice } from './runtime.ts';
import { followOthers } from './others.ts';
import { Seeds } from './seeds.ts';

export interface CatalogueDeps {
  readonly store: Pick<Store, 'apps' | 'values'>;
  readonly replicas: Pick<Replicas, 'tell' | 'hear' | 'onResync'>;
  readonly images: Pick<Engine, 'image' | 'ensureImage' | 'announceImages'>;
  readonly own: readonly OwnImage[];
  readonly classes: ExecuteClasses;
  readonly abilities: EphemeralAbilities;
  /** A failure nobody waits for: for the log. */
  readonly onProblem: (message: string, cause: unknown) => void;
  /** Pulls and builds at the same time; 2 unless said otherwise. */
  readonly concurrency?: number;
}

/** Ids may have 512 characters. */
const MOST_TOLD = 10;

export type CatalogueChange =
  | { readonly type: 'app'; readonly document: AppDocument; readonly availability: AppAvailability }
  | { readonly type: 'removed'; readonly ids: readonly string[] };

export class Catalogue implements AsyncDisposable {
  readonly #deps: CatalogueDeps;
  readonly #states: ImageStates;
  readonly #listeners = new Set<(change: CatalogueChange) => void>();
  readonly #background = new AbortController();
  #documents = new Map<string, AppDocument>();

  private constructor(deps: CatalogueDeps) {
    this.#deps = deps;
    this.#states = new ImageStates(deps, {
      changed: (document) => this.#tell(document),
      present: (document, image) => this.#adopt(document, image),
      settled: (id) => this.#tellOthers([id]),
    });
  }

  /** Loads the entries, adds apps of ours that were never added before, and looks in the background which images are here. */
  static async open(given: CatalogueDeps): Promise<Catalogue> {
    const deps = { ...given, own: withVariants(given.own) };
    const catalogue = new Catalogue(deps);
    const stop = followOthers(deps.replicas, (ids) => catalogue.#readAgain(ids), deps.onProblem);
    catalogue.#background.signal.addEventListener('abort', stop, { once: true });
    await new Seeds(deps.store, deps.own).plant();
    await catalogue.reload();
    await catalogue.#states.load();
    catalogue.refresh().catch((cause: unknown) => deps.onProblem('Could not look which app images are here', cause));
    return catalogue;
  }

  /** As the store has them; those added since it was read come last. */
  list(): readonly AppDocument[] {
    return [...this.#documents.values()];
  }

  /** By id, hash or the id's last two parts. */
  find(key: string): AppDocument | null {
    return this.#documents.get(key) ?? findDocument(this.list(), key);
  }

  /** What the bearer of these labels may start. */
  async appsFor(labels: Viewer): Promise<App[]> {
    const mine = this.list().filter((document) => visibleTo(document, labels));
    return await Promise.all(mine.map(async (document) => await this.present(document)));
  }

  /** By id, hash, name, launch, path, executable or media type; `not_found` also for an app these labels may not use. */
  async startable(key: string, labels: Viewer): Promise<AppDocument> {
    const mine = this.list().filter((document) => visibleTo(document, labels));
    const found = findApp(mine, key);
    if (found !== null) return found;
    throw new DeskpodError('not_found', `There is no app “${key}” for you.`, { field: 'app' });
  }

  async present(document: AppDocument): Promise<App> {
    const { classes, abilities } = this.#deps;
    const { runtime } = runtimeFor(document, undefined, classes, abilities);
    const limits = limitsFor(document, classes, runtime, abilities);
    return { ...toApp(document, this.availability(document.id), limits), runtime };
  }

  /**
   * How a launch of this app runs. `runtime_refused` when the runtime asked for cannot carry what the app needs;
   * `app_unavailable` with the reason when its image is known not to be had.
   */
  resolve(
    document: AppDocument,
    wanted: Runtime | undefined,
  ): RuntimeChoice & { readonly limits: Limits; readonly pod: PodWishes } {
    const availability = this.availability(document.id);
    if (availability.state === 'unavailable') {
      throw new DeskpodError('app_unavailable', `${document.displayname} cannot be started: ${availability.reason}`, {
        remedy: `When that is mended, install it again: deskpod apps install ${document.name}`,
      });
    }
    const { classes, abilities } = this.#deps;
    const choice = runtimeFor(document, wanted, classes, abilities);
    const { runtime } = choice;
    const limits = limitsFor(document, classes, runtime, abilities);
    return { ...choice, limits, pod: podWishesFor(document, classes, runtime) };
  }

  availability(id: string): AppAvailability {
    return this.#states.get(id);
  }

  async isInstalled(id: string): Promise<boolean> {
    return this.availability(id).state === 'ready';
  }

  /** What a launch of this app is started from: not always its id. */
  imageReference(document: AppDocument): string {
    return this.#states.reference(document);
  }

  /** Stores all or nothing. The last of several with the same id counts; answers what was stored. */
  async put(documents: readonly AppDocument[]): Promise<readonly AppDocument[]> {
    const unique = [...new Map(documents.map((document) => [document.id, document])).values()];
    await this.#deps.store.apps.put(unique);
    for (const document of unique) {
      this.#documents.set(document.id, document);
      this.#states.forget(document.id);
    }
    for (const document of unique) this.#tell(document);
    this.#tellOthers(unique.map(({ id }) => id));
    return unique;
  }

  /** Looks which of these images are here; fetches nothing. */
  async look(documents: readonly AppDocument[]): Promise<void> {
    await this.#states.look(documents, this.#background.signal);
  }

  /** Begins to fetch these images and returns when the engine has begun; what fails is kept as the app's reason. */
  async installAll(documents: readonly AppDocument[]): Promise<void> {
    await this.#states.announce(documents);
    for (const { id } of documents) this.install(id).catch(() => undefined);
  }

  /** Fetches or builds an app's image, also one that failed before. `app_unavailable` with the reason when it cannot be had. */
  async install(id: string, signal?: AbortSignal): Promise<void> {
    const document = this.find(id);
    if (document === null) throw new DeskpodError('not_found', `There is no app “${id}”.`, { field: 'app' });
    await this.#states.install(document, signal);
  }

  /** By the keys of {@link find}; answers the ids that were removed. Running launches are not touched. */
  async remove(keys: readonly string[]): Promise<readonly string[]> {
    const ids = keys.flatMap((key) => this.find(key)?.id ?? []);
    const removed = await this.#deps.store.apps.remove([...new Set(ids)]);
    for (const id of removed) {
      this.#documents.delete(id);
      this.#states.forget(id);
    }
    if (removed.length > 0) this.#emit({ type: 'removed', ids: removed });
    this.#tellOthers(removed);
    return removed;
  }

  /** Reads the store again. */
  async reload(): Promise<void> {
    const documents = await this.#deps.store.apps.list();
    this.#documents = new Map(documents.map((document) => [document.id, document]));
  }

  /** Looks again which images are here, for example after the engine came back. */
  async refresh(): Promise<void> {
    await this.look(this.list());
  }

  /** Returns how to stop listening. */
  onChange(listener: (change: CatalogueChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#background.abort();
    this.#listeners.clear();
    await this.#states[Symbol.asyncDispose]();
  }

  /** Another server changed these, or who knows which: what is kept of them, and whether their images are here. */
  async #readAgain(ids: ReadonlySet<string> | 'all'): Promise<void> {
    const before = this.#documents;
    await this.reload();
    const gone = [...before.keys()].filter((id) => !this.#documents.has(id));
    for (const id of gone) this.#states.drop(id);
    if (gone.length > 0) this.#emit({ type: 'removed', ids: gone });
    const changed = this.list().filter(({ id }) => ids === 'all' || ids.has(id));
    for (const document of changed) {
      const old = before.get(document.id);
      if (old !== undefined && old.sha_id !== document.sha_id) this.#states.drop(document.id);
    }
    await this.#states.readReasons(changed);
    for (const document of changed) this.#tell(document);
    await this.look(changed);
  }

  #tellOthers(ids: readonly string[]): void {
    // A message is short: of many they look at all.
    if (ids.length > 0) this.#deps.replicas.tell('catalogue', ids.length > MOST_TOLD ? {} : { ids });
  }

  /** An image of ours knows more about itself than its recipe said: hash, date, command. */
  async #adopt(document: AppDocument, image: ImageInfo): Promise<void> {
    const own = this.#deps.own.find(({ reference }) => reference === document.id);
    const present = own === undefined ? document : documentOfImage(own, image);
    if (present.sha_id === document.sha_id || !this.#documents.has(document.id)) return;
    await this.#deps.store.apps.put([present]);
    this.#documents.set(present.id, present);
  }

  #tell({ id }: AppDocument): void {
    const document = this.#documents.get(id);
    if (document !== undefined) this.#emit({ type: 'app', document, availability: this.availability(id) });
  }

  #emit(change: CatalogueChange): void {
    for (const listener of this.#listeners) listener(change);
  }
}
