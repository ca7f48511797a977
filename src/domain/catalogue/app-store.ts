/**
 * The app store: lists what can be had, and installs, updates and removes it for those who may. Images and entries are the
 * catalogue's; this class knows who may and who did.
 */
import type { AppStoreEvent, AppStoreFacts, AppStoreList, StoreApp } from '#protocol/app-store.ts';
import type { AppDocument } from '#protocol/manager.ts';
import { DeskpodError, sentenceOf } from '../errors.ts';
import type { Engine } from '../ports/engine.ts';
import type { Store } from '../ports/store.ts';
import { visibleTo } from './acl.ts';
import type { Catalogue } from './catalogue.ts';
import { type Customer, type InstallPolicy, mayChange, rightsOf } from './install-policy.ts';
import { InstalledBy, type InstalledByRecord, type InstalledByRecords } from './installed-by.ts';
import { findApp } from './lookup.ts';
import type { OfferPicture } from './offers.ts';
import { storeStateOf, toStoreApp } from './store-app.ts';
import { Updates } from './updates.ts';

/** Ends the server's interest in an installation, which others may go on waiting for. */
const INSTALL_TIMEOUT_MS = 30 * 60_000;
/** Removed entries that can be put back as they were. */
const MOST_REMOVED = 20;
const MOST_LAUNCHES = 1000;

export interface AppStoreDeps {
  readonly catalogue: Catalogue;
  readonly images: Pick<Engine, 'ensureImage'>;
  readonly store: { readonly values: Store['values']; readonly launches: Pick<Store['launches'], 'list'> };
  readonly policy: InstallPolicy;
  /** From which images come; null where they are built. */
  readonly registry: string | null;
  /** For the audit: `started installing`. */
  readonly did: (user: string, action: string, app: string) => void;
  /** For the log. */
  readonly failed: (what: string, reason: string) => void;
}

export class AppStore implements AsyncDisposable {
  readonly #deps: AppStoreDeps;
  readonly #installedBy: InstalledBy;
  readonly #updates: Updates;
  readonly #removed = new Map<string, { readonly document: AppDocument; readonly by: InstalledByRecord | null }>();
  readonly #listeners = new Set<(id: string | null) => void>();
  readonly #unsubscribe: () => void;

  /** Forgets installations that ended with the server. */
  static async open(deps: AppStoreDeps): Promise<AppStore> {
    const appStore = new AppStore(deps);
    if (deps.registry === null) await appStore.#installedBy.forgetUnfinished(appStore.#listed());
    return appStore;
  }

  private constructor(deps: AppStoreDeps) {
    const { catalogue, images, store } = deps;
    this.#deps = deps;
    this.#installedBy = new InstalledBy(store.values);
    this.#updates = new Updates({
      images,
      updated: async (document) => await catalogue.look([document]),
      changed: (id) => this.#tell(id),
    });
    this.#unsubscribe = catalogue.onChange((change) => {
      if (change.type === 'removed') this.#forget(change.ids);
      // An entry that was imported may take the place of an offer.
      else if (change.type === 'app' && catalogue.offerOf(change.document.id) === null) this.#tell(null);
      else this.#tell(change.type === 'app' ? change.document.id : change.id);
    });
  }

  #facts(who: Customer): AppStoreFacts {
    const rights = rightsOf(who, this.#deps.policy);
    return { rights, perUser: rights === 'own' ? this.#deps.policy.perUser : null, registry: this.#deps.registry };
  }

  async list(who: Customer): Promise<AppStoreList> {
    const records = await this.#installedBy.all();
    const apps = await Promise.all(this.#visible(who).map((document) => this.#present(document, who, records)));
    return { ...this.#facts(who), apps };
  }

  /** Checks again which images are present, and of when: somebody may have built them on the command line. */
  async look(): Promise<void> {
    await this.#deps.catalogue.refresh();
  }

  /** What it looks like; null if there is no picture. */
  picture(key: string, who: Customer): OfferPicture | null {
    return this.#deps.catalogue.offerOf(this.find(key, who).id)?.picture ?? null;
  }

  /** What changed for this customer; null if nothing did. */
  async event(id: string | null, who: Customer): Promise<AppStoreEvent | null> {
    if (id === null) return { type: 'apps', store: await this.list(who) };
    const document = this.#visible(who).find((one) => one.id === id);
    if (document === undefined) return null;
    return { type: 'app', app: await this.#present(document, who, await this.#installedBy.all()) };
  }

  /** By id, or as {@link findApp} does; `not_found` also if this customer may not use it. */
  find(key: string, who: Customer): AppDocument {
    const found = findApp(this.#visible(who), key);
    if (found !== null) return found;
    throw new DeskpodError('not_found', `There is no app “${key}” that you can use.`, { field: 'app' });
  }

  /**
   * Returns when the installation has started; `list` and `onChange` report its progress. Every user of a listed app may
   * have its image prepared.
   */
  async install(key: string, who: Customer): Promise<StoreApp> {
    const removed = this.#removed.get(key);
    if (removed !== undefined && this.#deps.catalogue.find(key) === null) return await this.#undo(removed, who);
    const document = this.find(key, who);
    const { id } = document;
    const { catalogue, policy } = this.#deps;
    const isListed = catalogue.find(id) !== null;
    if (!isListed) {
      if (rightsOf(who, policy) === 'none') throw forbidden('install', who, policy);
      await this.#installedBy.reserve(id, who, policy, this.#listed());
    }
    if (catalogue.availability(id).state !== 'ready') this.#deps.did(who.userId, 'started installing', id);
    catalogue.install(id, AbortSignal.timeout(INSTALL_TIMEOUT_MS)).catch(async (error: unknown) => {
      if (!isListed && catalogue.availability(id).state !== 'installing') await this.#installedBy.forget(id);
      this.#deps.failed(`installing ${id}`, sentenceOf(error));
    });
    return await this.#shown(id, document, who);
  }

  /** Builds it again, with its current recipe and Debian's current packages; what runs goes on with the old image. */
  async update(key: string, who: Customer): Promise<StoreApp> {
    const document = this.find(key, who);
    const { id, displayname } = document;
    const { catalogue, policy, registry } = this.#deps;
    const records = await this.#installedBy.all();
    if (!mayChange(who, policy, records[id]?.user ?? null)) throw forbidden('update', who, policy);
    if (registry !== null || catalogue.offerOf(id) === null || catalogue.imageFacts(id) === null)
      throw new DeskpodError('conflict', `${displayname} isn’t an installed app that this server builds.`);
    this.#deps.did(who.userId, 'started updating', id);
    // A changed recipe needs no new packages.
    const refresh = catalogue.imageFacts(id)?.outdated !== true;
    const image = { reference: catalogue.imageReference(document), app: document.name, refresh };
    this.#updates
      .run(document, image)
      .catch((error: unknown) => this.#deps.failed(`updating ${id}`, sentenceOf(error)));
    return await this.#shown(id, document, who);
  }

  /**
   * Removes it for everybody, or ends its installation. Launches go on; `conflict` while there are some: with `force`, an
   * administrator removes it all the same, and a user if only they run it.
   */
  async remove(key: string, who: Customer, force: boolean): Promise<void> {
    const document = this.find(key, who);
    const { id } = document;
    const { catalogue, policy } = this.#deps;
    const by = (await this.#installedBy.all())[id] ?? null;
    if (!mayChange(who, policy, by?.user ?? null)) throw forbidden('remove', who, policy);
    if (catalogue.find(id) === null) {
      if (catalogue.availability(id).state === 'installing') this.#deps.did(who.userId, 'stopped installing', id);
      catalogue.cancel(id);
    } else {
      await this.#checkRunning(document, who, force);
      this.#deps.did(who.userId, 'removed', id);
      this.#updates.forget(id);
      await catalogue.remove([id]);
      this.#removed.set(id, { document, by });
      for (const old of [...this.#removed.keys()].slice(0, -MOST_REMOVED)) this.#removed.delete(old);
    }
    await this.#installedBy.forget(id);
  }

  /** The id of the app that changed; null if the list did. Returns a function that unsubscribes. */
  onChange(listener: (id: string | null) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#unsubscribe();
    this.#listeners.clear();
    await this.#updates[Symbol.asyncDispose]();
  }

  async #undo(
    { document, by }: { readonly document: AppDocument; readonly by: InstalledByRecord | null },
    who: Customer,
  ): Promise<StoreApp> {
    const { catalogue, policy } = this.#deps;
    if (!mayChange(who, policy, by?.user ?? null)) throw forbidden('install', who, policy);
    this.#removed.delete(document.id);
    this.#deps.did(who.userId, 'put back', document.id);
    if (by !== null) await this.#installedBy.restore(document.id, by);
    await catalogue.put([document]);
    await catalogue.look([document]);
    return await this.#shown(document.id, document, who);
  }

  async #checkRunning({ id, displayname }: AppDocument, who: Customer, force: boolean): Promise<void> {
    const found = await this.#deps.store.launches.list({ finished: false, app: id, limit: MOST_LAUNCHES });
    const people = new Set(found.filter(({ appId }) => appId === id).map(({ userId }) => userId));
    const others = people.size - (people.has(who.userId) ? 1 : 0);
    if (people.size === 0 || (force && (who.isAdmin || others === 0))) return;
    const runners = others === 0 ? 'You are' : others === 1 ? 'One other person is' : `${others} other people are`;
    throw new DeskpodError('conflict', `${runners} using ${displayname}.`, {
      remedy:
        who.isAdmin || others === 0
          ? 'If you remove it now, running windows stay until they are closed, but nobody can start it again.'
          : 'Try again when nobody uses it.',
    });
  }

  #visible({ isAdmin, labels }: Customer): readonly AppDocument[] {
    const { catalogue } = this.#deps;
    const all = [...catalogue.list(), ...catalogue.offers().map(({ document }) => document)];
    return isAdmin ? all : all.filter((document) => visibleTo(document, labels));
  }

  #listed(): ReadonlySet<string> {
    return new Set(this.#deps.catalogue.list().map(({ id }) => id));
  }

  async #shown(id: string, document: AppDocument, who: Customer): Promise<StoreApp> {
    const current = this.#deps.catalogue.find(id) ?? document;
    return await this.#present(current, who, await this.#installedBy.all());
  }

  async #present(document: AppDocument, who: Customer, records: InstalledByRecords): Promise<StoreApp> {
    const { catalogue, policy, registry } = this.#deps;
    const { id } = document;
    const listed = catalogue.find(id) !== null;
    const offer = catalogue.offerOf(id);
    const facts = catalogue.imageFacts(id);
    const by = records[id]?.user ?? null;
    const builds = registry === null && offer !== null;
    const state = storeStateOf(catalogue.availability(id), this.#updates.get(id), builds ? facts : null, new Date());
    const change = mayChange(who, policy, by);
    const may = {
      install: listed || rightsOf(who, policy) !== 'none',
      update: change && listed && builds && facts !== null,
      remove: change && (listed || state.state === 'installing'),
    };
    const app = await catalogue.present(document);
    const installedBy = who.isAdmin || by === who.userId ? by : null;
    return toStoreApp(app, { document, offer, facts, listed, installedBy, may, state });
  }

  /** Also removed in other ways than by {@link remove}. */
  #forget(ids: readonly string[]): void {
    const forgotten = Promise.all(ids.map(async (id) => await this.#installedBy.forget(id)));
    forgotten.catch((error: unknown) => this.#deps.failed('forgetting who installed apps', sentenceOf(error)));
    this.#tell(null);
  }

  #tell(id: string | null): void {
    for (const listener of this.#listeners) listener(id);
  }
}

function forbidden(what: 'install' | 'update' | 'remove', who: Customer, policy: InstallPolicy): DeskpodError {
  const rights = rightsOf(who, policy);
  const message =
    rights === 'own' ? `You can ${what} only apps that you installed.` : `Only administrators can ${what} apps.`;
  return new DeskpodError('forbidden', message, { remedy: 'Ask an administrator.' });
}
