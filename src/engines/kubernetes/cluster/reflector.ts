/**
 * Keeps one kind of object in memory: a list, then a watch from where the list ended, until it is closed. An
 * interrupted watch continues from the last version; an expired one (410 Gone) starts with a new list.
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes
 */
import { setTimeout as delay } from 'node:timers/promises';
import { type KubeConfig, Watch } from '@kubernetes/client-node';
import { z } from 'zod';
import { ignore } from '#protocol/ignore.ts';

const FIRST_PAUSE_MS = 100;
const LAST_PAUSE_MS = 5_000;

interface Named {
  readonly metadata: { readonly name: string };
}

export interface Source<T extends Named> {
  /** For example `/api/v1/namespaces/abcdesktop/pods`. */
  readonly path: string;
  readonly selector?: string;
  readonly form: z.ZodType<T>;
  list(signal: AbortSignal): Promise<{ items: readonly unknown[]; version: string }>;
}

export interface Listener<T> {
  /** Null when it is gone. */
  changed(name: string, object: T | null): void;
  /** All objects are known: for the first time, or again after an interruption. */
  synced(again: boolean): void;
  failed(error: unknown): void;
}

const Versioned = z.looseObject({
  metadata: z.looseObject({ resourceVersion: z.string().default('') }).default({ resourceVersion: '' }),
});
const Refusal = z.looseObject({ code: z.int().default(0) });

export class Reflector<T extends Named> implements AsyncDisposable {
  readonly objects = new Map<string, T>();
  readonly #config: KubeConfig;
  readonly #source: Source<T>;
  readonly #listener: Listener<T>;
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;
  #version = '';
  #synced = false;

  constructor(config: KubeConfig, source: Source<T>, listener: Listener<T>) {
    this.#config = config;
    this.#source = source;
    this.#listener = listener;
    this.#running = this.#run();
  }

  /** Whether all objects were known at least once. */
  get synced(): boolean {
    return this.#synced;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    let pause = FIRST_PAUSE_MS;
    while (!signal.aborted) {
      try {
        if (this.#version === '') await this.#list(signal);
        const started = performance.now();
        await this.#watch(signal);
        // The server ends every watch after some minutes. A watch that ended at once is not retried without a pause.
        pause = performance.now() - started > LAST_PAUSE_MS ? 0 : Math.max(pause, FIRST_PAUSE_MS);
      } catch (error) {
        if (signal.aborted) break;
        this.#listener.failed(error);
        pause = Math.min(Math.max(pause, FIRST_PAUSE_MS) * 2, LAST_PAUSE_MS);
      }
      if (pause > 0) await delay(pause, undefined, { signal }).catch(ignore('the view was closed'));
    }
  }

  async #list(signal: AbortSignal): Promise<void> {
    const { items, version } = await this.#source.list(signal);
    const present = new Set<string>();
    for (const item of items) {
      const object = this.#parse(item);
      if (object === null) continue;
      present.add(object.metadata.name);
      this.#put(object);
    }
    for (const name of this.objects.keys()) if (!present.has(name)) this.#drop(name);
    this.#version = version;
    const again = this.#synced;
    this.#synced = true;
    this.#listener.synced(again);
  }

  /** Returns when the watch ended normally, throws when it broke. */
  async #watch(signal: AbortSignal): Promise<void> {
    const watch = new Watch(this.#config);
    const { path, selector } = this.#source;
    const query = {
      resourceVersion: this.#version,
      allowWatchBookmarks: true,
      ...(selector ? { labelSelector: selector } : {}),
    };
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    let expired = false;
    const request = await watch.watch(
      path,
      query,
      (type: string, object: unknown) => {
        if (type === 'ERROR') expired ||= Refusal.safeParse(object).data?.code === 410;
        else this.#take(type, object);
      },
      (error: unknown) => (error === null || error === undefined ? resolve() : reject(error)),
    );
    const abort = (): void => {
      request.abort();
      resolve();
    };
    signal.addEventListener('abort', abort, { once: true });
    // The signal may have aborted while the watch was being opened.
    if (signal.aborted) abort();
    try {
      await promise;
    } catch (error) {
      if (statusOf(error) === 410) expired = true;
      // The client aborts a watch that was silent for a while: nothing happened, or the server is gone.
      else if (!(error instanceof DOMException && error.name === 'TimeoutError')) throw error;
    } finally {
      signal.removeEventListener('abort', abort);
      if (expired) this.#version = '';
    }
  }

  #take(type: string, raw: unknown): void {
    const version = Versioned.safeParse(raw).data?.metadata.resourceVersion ?? '';
    if (version !== '') this.#version = version;
    if (type === 'BOOKMARK') return;
    const object = this.#parse(raw);
    if (object === null) return;
    if (type === 'DELETED') this.#drop(object.metadata.name);
    else this.#put(object);
  }

  #parse(raw: unknown): T | null {
    const parsed = this.#source.form.safeParse(raw);
    if (parsed.success) return parsed.data;
    this.#listener.failed(parsed.error);
    return null;
  }

  #put(object: T): void {
    this.objects.set(object.metadata.name, object);
    this.#listener.changed(object.metadata.name, object);
  }

  #drop(name: string): void {
    if (this.objects.delete(name)) this.#listener.changed(name, null);
  }
}

function statusOf(error: unknown): number {
  return z.looseObject({ statusCode: z.int() }).safeParse(error).data?.statusCode ?? 0;
}
