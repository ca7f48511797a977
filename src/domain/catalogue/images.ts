/** The state of each app's image: installed, not installed, installing, or unavailable with a reason, which is stored. */
import { isDeepStrictEqual } from 'node:util';
import type { AppAvailability } from '../../protocol/app.ts';
import type { AppDocument } from '../../protocol/manager.ts';
import type { AppImage, Engine, ImageInfo } from '../ports/engine.ts';
import type { Store } from '../ports/store.ts';
import { DeskpodError, messageOf, withPeriod } from '../errors.ts';
import { isTimeout } from '../deadlines.ts';
import { Installs } from './installs.ts';
import { ownOf, type OwnImage } from './own-apps.ts';
import { pullReference } from './reference.ts';

/** Key of the stored reasons, a JSON object from app id to sentence. */
const REASONS_KEY = 'catalogue.unavailable';
/** Parallel requests to the engine. */
const LOOK_CONCURRENCY = 8;
/** Shortest time between progress reports of an app. */
const STEP_INTERVAL_MS = 100;

export interface ImageStatesDeps {
  readonly store: Pick<Store, 'values'>;
  readonly images: Pick<Engine, 'image' | 'ensureImage' | 'announceImages'>;
  readonly own: readonly OwnImage[];
  /** A failure in the background, for the log. */
  readonly failed: (message: string, cause: unknown) => void;
  /** Parallel pulls and builds; default: 2. */
  readonly concurrency?: number;
}

/** What the app store shows of an image that is present. */
export interface ImageFacts {
  readonly bytes: number | null;
  /** Null where the engine doesn't know. */
  readonly builtAt: Date | null;
  /** Its recipe has changed since. */
  readonly outdated: boolean;
}

interface Listener {
  changed(document: AppDocument): void;
  present(document: AppDocument, image: ImageInfo): Promise<void>;
  /** An installation by this server finished, and its result is stored. */
  settled(id: string): void;
}

export class ImageStates implements AsyncDisposable {
  readonly #deps: ImageStatesDeps;
  readonly #listener: Listener;
  readonly #installs: Installs;
  readonly #states = new Map<string, AppAvailability>();
  readonly #facts = new Map<string, ImageFacts>();
  /** Apps whose image has another name than their id. */
  readonly #elsewhere = new Map<string, string>();
  /** Pending writes of reasons. */
  #kept: Promise<void> = Promise.resolve();

  constructor(deps: ImageStatesDeps, listener: Listener) {
    this.#deps = deps;
    this.#listener = listener;
    this.#installs = new Installs(deps.concurrency ?? 2);
  }

  async load(): Promise<void> {
    for (const [id, reason] of readReasons(await this.#deps.store.values.get(REASONS_KEY))) {
      this.#states.set(id, { state: 'unavailable', reason });
    }
  }

  /** Reads the reasons that other servers stored for these apps, unless this server knows better. */
  async readReasons(documents: readonly AppDocument[]): Promise<void> {
    const reasons = new Map(readReasons(await this.#deps.store.values.get(REASONS_KEY)));
    for (const { id } of documents) {
      const { state } = this.get(id);
      const reason = reasons.get(id);
      if (reason !== undefined && state !== 'installing') this.#states.set(id, { state: 'unavailable', reason });
      else if (reason === undefined && state === 'unavailable') this.#states.delete(id);
    }
  }

  get(id: string): AppAvailability {
    return this.#states.get(id) ?? { state: 'not_installed' };
  }

  /** Of the present image; null if there is none. */
  facts(id: string): ImageFacts | null {
    return this.#facts.get(id) ?? null;
  }

  reference(document: AppDocument): string {
    return this.#elsewhere.get(document.id) ?? this.#target(document);
  }

  /** The entry was removed or replaced: what was known of its image no longer counts. */
  forget(id: string): void {
    if (this.#states.get(id)?.state === 'unavailable') this.#keepReason(id, null);
    this.drop(id);
  }

  /** Another server did so and keeps what is to be kept. */
  drop(id: string): void {
    this.#installs.cancel(id);
    this.#elsewhere.delete(id);
    this.#states.delete(id);
    this.#facts.delete(id);
  }

  /** Finds out which are here. Those that failed before stay so unless they are here now. */
  async look(documents: readonly AppDocument[], signal: AbortSignal): Promise<void> {
    const queue = [...documents];
    const worker = async () => {
      for (let next = queue.shift(); next !== undefined && !signal.aborted; next = queue.shift()) {
        const image = await this.#present(next);
        if (image !== null) await this.#set(next, { state: 'ready' }, image);
        else if (this.get(next.id).state === 'ready') await this.#set(next, { state: 'not_installed' });
      }
    };
    await Promise.all(Array.from({ length: Math.min(LOOK_CONCURRENCY, documents.length) }, worker));
  }

  async install(document: AppDocument, signal?: AbortSignal): Promise<void> {
    await this.#installs.run(document.id, async (ending) => await this.#fetch(document, ending), signal);
  }

  /** Publishes the result of an installation once its reason is stored. */
  #tellSettled({ id }: AppDocument): void {
    void this.#kept.then(() => this.#listener.settled(id));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#installs[Symbol.asyncDispose]();
    await this.#kept;
  }

  async #fetch(document: AppDocument, signal: AbortSignal): Promise<void> {
    const startedAt = new Date().toISOString();
    const { report, close } = throttled((step) => {
      if (!signal.aborted) void this.#set(document, { state: 'installing', step, startedAt });
    });
    try {
      const here = await this.#present(document);
      if (here === null) report('waiting for the image');
      const image = here ?? (await this.#deps.images.ensureImage(this.#wanted(document), report, signal));
      close();
      await this.#set(document, { state: 'ready' }, image);
      this.#tellSettled(document);
    } catch (cause) {
      close();
      if (signal.aborted && signal.reason instanceof DeskpodError) throw signal.reason;
      const reason = reasonOf(cause, this.#target(document));
      await this.#set(document, { state: 'unavailable', reason });
      this.#tellSettled(document);
      throw new DeskpodError('app_unavailable', `${document.displayname} cannot be installed: ${reason}`, { cause });
    }
  }

  /** Looks under the name to pull, then by content: the same image may be here under another name. */
  async #present(document: AppDocument): Promise<ImageInfo | null> {
    const target = this.#target(document);
    const named = await this.#deps.images.image(target);
    this.#elsewhere.delete(document.id);
    if (named !== null || !document.sha_id.startsWith('sha256:')) return named;
    const same = await this.#deps.images.image(document.sha_id);
    if (same !== null) this.#elsewhere.set(document.id, document.sha_id);
    return same;
  }

  async announce(documents: readonly AppDocument[]): Promise<void> {
    await this.#deps.images.announceImages(documents.map((document) => this.#wanted(document)));
  }

  #wanted(document: AppDocument): AppImage {
    return { reference: this.#target(document), app: document.name };
  }

  #target(document: AppDocument): string {
    const own = ownOf(document, this.#deps.own);
    return own?.image ?? own?.reference ?? pullReference(document.id);
  }

  async #set(document: AppDocument, state: AppAvailability, image?: ImageInfo): Promise<void> {
    const before = this.get(document.id);
    this.#states.set(document.id, state);
    if (state.state === 'unavailable') this.#keepReason(document.id, state.reason);
    else if (before.state === 'unavailable') this.#keepReason(document.id, null);
    const known = this.#facts.get(document.id);
    if (image === undefined) this.#facts.delete(document.id);
    else this.#facts.set(document.id, factsOf(image));
    if (image !== undefined) await this.#listener.present(document, image);
    const changed = before.state !== state.state || !isDeepStrictEqual(known, this.#facts.get(document.id));
    if (changed || state.state === 'installing') this.#listener.changed(document);
  }

  /** Other servers keep reasons of theirs beside it. */
  #keepReason(id: string, reason: string | null): void {
    const { values } = this.#deps.store;
    this.#kept = this.#kept
      .then(() =>
        values.change(REASONS_KEY, (kept) => {
          const reasons = new Map(readReasons(kept));
          if (reason === null) reasons.delete(id);
          else reasons.set(id, reason);
          return JSON.stringify(Object.fromEntries(reasons));
        }),
      )
      .catch((cause: unknown) => this.#deps.failed('storing why an app is unavailable', cause));
  }
}

function factsOf({ bytes, createdAt, outdated }: ImageInfo): ImageFacts {
  return { bytes, builtAt: createdAt.getTime() === 0 ? null : createdAt, outdated };
}

export function reasonOf(cause: unknown, reference: string): string {
  if (cause instanceof DeskpodError) return withPeriod(cause.toSentence());
  if (isTimeout(cause)) return `${reference} wasn't downloaded within 30 minutes.`;
  return `${reference} couldn't be downloaded: ${messageOf(cause)}`;
}

/** Reports a line if it is new and the last report was a while ago; nothing after `close`. */
export function throttled(tell: (line: string) => void): { report: (line: string) => void; close: () => void } {
  let last = '';
  let at = -Infinity;
  let open = true;
  const report = (line: string) => {
    const now = performance.now();
    if (!open || line === last || now - at < STEP_INTERVAL_MS) return;
    last = line;
    at = now;
    tell(line);
  };
  return { report, close: () => void (open = false) };
}

function readReasons(text: string | null): [string, string][] {
  const value: unknown = text === null ? {} : JSON.parse(text);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
}
