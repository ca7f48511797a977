/** The managed pods and the cluster's nodes, kept in memory by watches. Nothing is polled. */
import { z } from 'zod';
import { DeskpodError } from '#domain/errors.ts';
import type { ClusterApi } from './api.ts';
import { ApiFault, hasStatus } from './api-fault.ts';
import { MANAGED_SELECTOR } from './labels.ts';
import { Node, Pod } from './pod.ts';
import { Reflector } from './reflector.ts';

const SYNC_TIMEOUT_MS = 20_000;
const List = z.looseObject({
  items: z.array(z.unknown()),
  metadata: z.looseObject({ resourceVersion: z.string().default('') }).default({ resourceVersion: '' }),
});

/** The pod is null when it is gone. */
export type PodListener = (name: string, pod: Pod | null) => void;

export class View implements AsyncDisposable {
  readonly #pods: Reflector<Pod>;
  readonly #nodes: Reflector<Node>;
  readonly #listeners = new Set<PodListener>();
  readonly #resyncs = new Set<() => void>();
  readonly #failures = new Map<string, string>();

  private constructor(api: ClusterApi, namespace: string, synced: () => void, failed: (error: unknown) => void) {
    const list = async (ask: () => Promise<unknown>) => {
      const { items, metadata } = List.parse(await ask());
      return { items, version: metadata.resourceVersion };
    };
    this.#pods = new Reflector(
      api.config,
      {
        path: `/api/v1/namespaces/${namespace}/pods`,
        selector: MANAGED_SELECTOR,
        form: Pod,
        list: (signal) =>
          list(() =>
            api.call((o) => api.core.listNamespacedPod({ namespace, labelSelector: MANAGED_SELECTOR }, o), signal),
          ),
      },
      {
        changed: (name, pod) => {
          for (const listener of this.#listeners) listener(name, pod);
        },
        synced: (again) => {
          this.#failures.delete('pods');
          synced();
          if (again) for (const resync of this.#resyncs) resync();
        },
        failed: (error) => {
          this.#failures.set('pods', words(error));
          failed(error);
        },
      },
    );
    this.#nodes = new Reflector(
      api.config,
      {
        path: '/api/v1/nodes',
        form: Node,
        list: (signal) => list(() => api.call((o) => api.core.listNode({}, o), signal)),
      },
      {
        changed: () => {},
        synced: () => void this.#failures.delete('nodes'),
        // Without the cluster role nodes are not visible, and callers go on without them.
        failed: (error) => void this.#failures.set('nodes', words(error)),
      },
    );
  }

  /** Returns when all pods are known; `engine_unavailable` with the reason when that takes too long. */
  static async open(api: ClusterApi, namespace: string): Promise<View> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    let last: unknown = null;
    const view = new View(api, namespace, resolve, (error) => {
      last = error;
      // Retrying does not help against these.
      if (hasStatus(error, 401, 403)) reject(error);
    });
    const timer = setTimeout(() => reject(last), SYNC_TIMEOUT_MS);
    try {
      await promise;
      return view;
    } catch (error) {
      await view[Symbol.asyncDispose]();
      throw new DeskpodError('engine_unavailable', `The cluster at ${api.server} cannot be used: ${words(error)}`, {
        remedy: `Check that it runs, and what the service account may do: kubectl describe role pyos-role -n ${namespace}`,
        cause: error,
      });
    } finally {
      clearTimeout(timer);
    }
  }

  get pods(): Iterable<Pod> {
    return this.#pods.objects.values();
  }

  get nodes(): Iterable<Node> {
    return this.#nodes.objects.values();
  }

  pod(name: string): Pod | null {
    return this.#pods.objects.get(name) ?? null;
  }

  /** Returns a function that stops listening. */
  onPod(listener: PodListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Called after an interruption, when the view is complete again. */
  onResync(listener: () => void): () => void {
    this.#resyncs.add(listener);
    return () => this.#resyncs.delete(listener);
  }

  /** Resolves with the result of `check` as soon as that is not null; `check` may throw to end the wait. */
  async until<T>(name: string, check: (pod: Pod | null) => T | null, signal: AbortSignal): Promise<T> {
    signal.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const recheck = (changed: string, pod: Pod | null): void => {
      if (changed !== name) return;
      try {
        const found = check(pod);
        if (found !== null) resolve(found);
      } catch (error) {
        reject(error);
      }
    };
    const abort = (): void => reject(signal.reason);
    const stop = this.onPod(recheck);
    signal.addEventListener('abort', abort, { once: true });
    try {
      recheck(name, this.pod(name));
      return await promise;
    } finally {
      stop();
      signal.removeEventListener('abort', abort);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#pods[Symbol.asyncDispose](), this.#nodes[Symbol.asyncDispose]()]);
  }
}

function words(error: unknown): string {
  if (error instanceof ApiFault) return error.message;
  return error instanceof Error ? error.message : 'it does not answer';
}
