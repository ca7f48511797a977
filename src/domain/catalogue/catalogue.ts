/**
 * The catalogue: the apps, the state of their images, and installing them. Entries are in the store; this class caches
 * them in memory for listing and launching.
 */
import type { App, AppAvailability, Runtime } from '../../protocol/app.ts';
import type { AppDocument } from '../../protocol/manager.ts';
import type { ImageInfo } from '../ports/engine.ts';
import type { LaunchSpec } from '../ports/engine-launch.ts';
import { DeskpodError } from '../errors.ts';
import { ignore } from '#protocol/ignore.ts';
import type { Replicas } from '../server/replicas.ts';
import type { Store } from '../ports/store.ts';
import { visibleTo, type Viewer } from './acl.ts';
import { toApp } from './app.ts';
import { type ImageFacts, ImageStates, type ImageStatesDeps } from './images.ts';
import { findApp, findDocument } from './lookup.ts';
import { type AppOffer, notIn } from './offers.ts';
import { documentOfImage, withVariants } from './own-apps.ts';
import { classNameFor, limitsFor, podSettingsFor, runtimeFor } from './runtime.ts';
import type { RuntimeCapabilities, ExecuteClasses, RuntimeChoice } from './runtime.ts';
import { CatalogueMessage, followOthers } from './other-servers.ts';
import { Seeds } from './seeds.ts';

export interface CatalogueDeps extends ImageStatesDeps {
  readonly store: Pick<Store, 'apps' | 'values'>;
  readonly replicas: Pick<Replicas, 'topic' | 'onResync'>;
  /** What can be installed. */
  readonly offers: readonly AppOffer[];
  readonly classes: ExecuteClasses;
  readonly capabilities: RuntimeCapabilities;
}

/** Ids can have 512 characters. */
const MOST_PUBLISHED = 10;

export type CatalogueChange =
  | { readonly type: 'app'; readonly document: AppDocument; readonly availability: AppAvailability }
  | { readonly type: 'removed'; readonly ids: readonly string[] }
  /** The installation of an app that is not in the catalogue. */
  | { readonly type: 'offer'; readonly id: string };

export class Catalogue implements AsyncDisposable {
  readonly #deps: CatalogueDeps;
  readonly #states: ImageStates;
  readonly #messages;
  readonly #listeners = new Set<(change: CatalogueChange) => void>();
  readonly #background = new AbortController();
  /** Offers whose images are being installed: they get an entry when they have one. */
  readonly #coming = new Set<string>();
  #documents = new Map<string, AppDocument>();

  private constructor(deps: CatalogueDeps) {
    this.#deps = deps;
    this.#messages = deps.replicas.topic('catalogue', CatalogueMessage);
    this.#states = new ImageStates(deps, {
      changed: (document) => this.#publish(document),
      present: (document, image) => this.#adopt(document, image),
      settled: (id) => this.#notifyOthers([id]),
    });
  }

  /** Loads the entries, adds new apps of the product, and checks in the background which images are present. */
  static async open(given: CatalogueDeps): Promise<Catalogue> {
    const deps = { ...given, own: withVariants(given.own) };
    const catalogue = new Catalogue(deps);
    const stop = followOthers(deps.replicas, (ids) => catalogue.#readAgain(ids), deps.failed);
    catalogue.#background.signal.addEventListener('abort', stop, { once: true });
    await new Seeds(deps.store, deps.own).plant();
    await catalogue.reload();
    await catalogue.#states.load();
    catalogue.refresh().catch((cause: unknown) => deps.failed('checking which app images are present', cause));
    return catalogue;
  }

  /** In the order of the store; entries added since it was read come last. */
  list(): readonly AppDocument[] {
    return [...this.#documents.values()];
  }

  /** By id, hash or the id's last two parts. */
  find(key: string): AppDocument | null {
    return this.#documents.get(key) ?? findDocument(this.list(), key);
  }

  /** What can be installed and is not in the catalogue. */
  offers(): readonly AppOffer[] {
    return notIn(this.list(), this.#deps.offers);
  }

  /** What came with the product, installed or not; null for other entries. */
  offerOf(id: string): AppOffer | null {
    return this.#deps.offers.find(({ document }) => document.id === id) ?? null;
  }

  /** The apps that these labels may start. */
  async appsFor(labels: Viewer): Promise<App[]> {
    const mine = this.list().filter((document) => visibleTo(document, labels));
    return await Promise.all(mine.map(async (document) => await this.present(document)));
  }

  /** By id, hash, name, launch, path, executable or media type; `not_found` also if these labels may not use it. */
  async startable(key: string, labels: Viewer): Promise<AppDocument> {
    const mine = this.list().filter((document) => visibleTo(document, labels));
    const found = findApp(mine, key);
    if (found !== null) return found;
    throw new DeskpodError('not_found', `There is no app “${key}” that you can use.`, { field: 'app' });
  }

  /** The ids of these apps, in this order; those that don't exist or aren't for these labels are left out. */
  idsOf(keys: readonly string[], labels: Viewer): string[] {
    const mine = this.list().filter((document) => visibleTo(document, labels));
    return [...new Set(keys.flatMap((key) => findApp(mine, key)?.id ?? []))];
  }

  async present(document: AppDocument): Promise<App> {
    const { classes, capabilities } = this.#deps;
    const { runtime } = runtimeFor(document, undefined, classes, capabilities);
    const limits = limitsFor(document, classes, runtime, capabilities);
    return { ...toApp(document, this.availability(document.id), limits), runtime };
  }

  /**
   * How a launch of this app runs. `runtime_refused` if the requested runtime doesn't support what the app needs;
   * `app_unavailable` with the reason if its image can't be installed.
   */
  resolve(
    document: AppDocument,
    requested: Runtime | undefined,
  ): RuntimeChoice & Pick<LaunchSpec, 'limits' | 'pod' | 'executeClass'> {
    const availability = this.availability(document.id);
    if (availability.state === 'unavailable') {
      throw new DeskpodError('app_unavailable', `${document.displayname} can't be started: ${availability.reason}`, {
        remedy: `After fixing that, install it again: deskpod apps install ${document.name}`,
      });
    }
    const { classes, capabilities } = this.#deps;
    const choice = runtimeFor(document, requested, classes, capabilities);
    const { runtime } = choice;
    const limits = limitsFor(document, classes, runtime, capabilities);
    const executeClass = classNameFor(document, classes);
    return { ...choice, limits, executeClass, pod: podSettingsFor(document, classes, runtime) };
  }

  availability(id: string): AppAvailability {
    return this.#states.get(id);
  }

  /** Of the present image; null if there is none. */
  imageFacts(id: string): ImageFacts | null {
    return this.#states.facts(id);
  }

  async isInstalled(id: string): Promise<boolean> {
    return this.availability(id).state === 'ready';
  }

  /** The image of a launch of this app: not always its id. */
  imageReference(document: AppDocument): string {
    return this.#states.reference(document);
  }

  /** Stores all or none. Of several with the same id, the last one counts. Returns the stored ones. */
  async put(documents: readonly AppDocument[]): Promise<readonly AppDocument[]> {
    const unique = [...new Map(documents.map((document) => [document.id, document])).values()];
    await this.#deps.store.apps.put(unique);
    for (const document of unique) {
      this.#coming.delete(document.id);
      this.#documents.set(document.id, document);
      this.#states.forget(document.id);
    }
    for (const document of unique) this.#publish(document);
    this.#notifyOthers(unique.map(({ id }) => id));
    return unique;
  }

  /** Checks which of these images are present; downloads nothing. */
  async look(documents: readonly AppDocument[]): Promise<void> {
    await this.#states.look(documents, this.#background.signal);
  }

  /** Starts to install these images and resolves once the engine has started; failures are stored with the apps. */
  async installAll(documents: readonly AppDocument[]): Promise<void> {
    await this.#states.announce(documents);
    for (const { id } of documents) this.install(id).catch(ignore('the reason is kept with the app'));
  }

  /**
   * Downloads or builds an app's image, also after a failure; an offer then gets its entry. `app_unavailable` with the reason
   * if that fails.
   */
  async install(id: string, signal?: AbortSignal): Promise<void> {
    const known = this.find(id);
    const document = known ?? this.offerOf(id)?.document;
    if (document === undefined) throw new DeskpodError('not_found', `There is no app “${id}”.`, { field: 'app' });
    if (known === null) this.#coming.add(id);
    await this.#states.install(document, signal);
  }

  /** Ends the installation of an offer. */
  cancel(id: string): void {
    this.#coming.delete(id);
    this.#states.forget(id);
    this.#emit({ type: 'offer', id });
  }

  /** By the keys of {@link find}; returns the removed ids. Doesn't touch running launches. */
  async remove(keys: readonly string[]): Promise<readonly string[]> {
    const ids = keys.flatMap((key) => this.find(key)?.id ?? []);
    const removed = await this.#deps.store.apps.remove([...new Set(ids)]);
    for (const id of removed) {
      this.#coming.delete(id);
      this.#documents.delete(id);
      this.#states.forget(id);
    }
    if (removed.length > 0) this.#emit({ type: 'removed', ids: removed });
    this.#notifyOthers(removed);
    return removed;
  }

  /** Reads the store again. */
  async reload(): Promise<void> {
    const documents = await this.#deps.store.apps.list();
    this.#documents = new Map(documents.map((document) => [document.id, document]));
  }

  /** Checks again which images are present, for example after the engine restarted. */
  async refresh(): Promise<void> {
    await this.look(this.list());
  }

  /** Returns a function that unsubscribes. */
  onChange(listener: (change: CatalogueChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#background.abort();
    this.#listeners.clear();
    await this.#states[Symbol.asyncDispose]();
  }

  /** Another server changed these apps: reads them, and checks their images. */
  async #readAgain(ids: ReadonlySet<string> | 'all'): Promise<void> {
    const before = this.#documents;
    await this.reload();
    const gone = [...before.keys()].filter((id) => !this.#documents.has(id));
    for (const id of gone) this.#states.drop(id);
    if (gone.length > 0) this.#emit({ type: 'removed', ids: gone });
    const offered = this.offers().map(({ document }) => document);
    const isMeant = ({ id }: AppDocument) => ids === 'all' || ids.has(id);
    const changed = this.list().filter(isMeant);
    for (const document of changed) {
      const old = before.get(document.id);
      if (old !== undefined && old.sha_id !== document.sha_id) this.#states.drop(document.id);
    }
    const shown = [...changed, ...offered.filter(isMeant)];
    await this.#states.readReasons(shown);
    for (const document of shown) this.#publish(document);
    await this.look(changed);
  }

  #notifyOthers(ids: readonly string[]): void {
    // Messages are short: without ids, the others read all apps.
    if (ids.length > 0) this.#messages.publish(ids.length > MOST_PUBLISHED ? {} : { ids: [...ids] });
  }

  /** A present image has more details than its recipe: hash, date, command. An offer now gets its entry. */
  async #adopt(document: AppDocument, image: ImageInfo): Promise<void> {
    const own = this.#deps.own.find(({ reference }) => reference === document.id);
    const present = own === undefined ? document : documentOfImage(own, image);
    const comes = this.#coming.delete(document.id);
    if (!comes && (present.sha_id === document.sha_id || !this.#documents.has(document.id))) return;
    await this.#deps.store.apps.put([present]);
    this.#documents.set(present.id, present);
  }

  #publish({ id }: AppDocument): void {
    const document = this.#documents.get(id);
    if (document === undefined) this.#emit({ type: 'offer', id });
    else this.#emit({ type: 'app', document, availability: this.availability(id) });
  }

  #emit(change: CatalogueChange): void {
    for (const listener of this.#listeners) listener(change);
  }
}
