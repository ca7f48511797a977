/** The cluster's API as this engine uses it: every call has a timeout, and every failure is an `ApiFault`. */
import type { IncomingMessage } from 'node:http';
import { request, type RequestOptions } from 'node:https';
import type { Readable } from 'node:stream';
import {
  CoreV1Api,
  KubeConfig,
  NetworkingV1Api,
  PatchStrategy,
  setHeaderMiddleware,
  setHeaderOptions,
  VersionApi,
} from '@kubernetes/client-node';
import { ApiFault, refusedBy, toFault } from './api-fault.ts';

const CALL_TIMEOUT_MS = 15_000;

type CallOptions = NonNullable<Parameters<typeof setHeaderOptions>[2]>;

export class ClusterApi {
  readonly config: KubeConfig;
  readonly core: CoreV1Api;
  readonly networking: NetworkingV1Api;
  readonly #version: VersionApi;

  constructor(config: KubeConfig) {
    this.config = config;
    this.core = config.makeApiClient(CoreV1Api);
    this.networking = config.makeApiClient(NetworkingV1Api);
    this.#version = config.makeApiClient(VersionApi);
  }

  /** From this file, or the pod's service account, or `KUBECONFIG`, or `~/.kube/config`. */
  static connect(file: string | null): ClusterApi {
    const config = new KubeConfig();
    if (file === null) config.loadFromDefault();
    else config.loadFromFile(file);
    return new ClusterApi(config);
  }

  /** Address of the API server, for display. */
  get server(): string {
    return this.config.getCurrentCluster()?.server ?? 'no cluster';
  }

  /** For example `v1.36.2`. */
  async version(): Promise<string> {
    const { gitVersion } = await this.call((options) => this.#version.getCode(options));
    return gitVersion;
  }

  /** Runs one call with a timeout. Throws `ApiFault` on failure, the signal's reason on abort. */
  async call<T>(ask: (options: CallOptions) => Promise<T>, signal?: AbortSignal): Promise<T> {
    const timeout = AbortSignal.timeout(CALL_TIMEOUT_MS);
    const until = signal === undefined ? timeout : AbortSignal.any([signal, timeout]);
    try {
      return await ask(ending(until));
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      throw toFault(error, this.server);
    }
  }

  /** The body of a GET as a stream. Fails as {@link call} does, with the API server's message. */
  async stream(path: string, signal: AbortSignal): Promise<Readable> {
    const options: RequestOptions = {};
    await this.config.applyToHTTPSOptions(options);
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const timer = setTimeout(() => asked.destroy(new Error('no answer in time')), CALL_TIMEOUT_MS);
    const asked = request(new URL(path, this.server), { ...options, signal }, resolve);
    asked.once('error', reject).end();
    try {
      const reply = await promise;
      if (reply.statusCode === 200) return reply;
      throw refusedBy(reply.statusCode ?? 0, Buffer.concat(await reply.toArray()).toString('utf8'));
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      throw error instanceof ApiFault ? error : toFault(error, this.server);
    } finally {
      clearTimeout(timer);
    }
  }

  /** As {@link call}, for a patch that is merged by the keys of list elements. */
  async patch<T>(ask: (options: CallOptions) => Promise<T>, signal?: AbortSignal): Promise<T> {
    return this.call(
      (options) => ask(setHeaderOptions('Content-Type', PatchStrategy.StrategicMergePatch, options)),
      signal,
    );
  }
}

/** The generated client takes a signal only on the request itself. */
function ending(signal: AbortSignal): CallOptions {
  const plain = setHeaderMiddleware('Accept', 'application/json');
  return {
    middleware: [
      {
        pre(request) {
          request.setSignal(signal);
          return plain.pre(request);
        },
        post: (response) => plain.post(response),
      },
    ],
    middlewareMergeStrategy: 'append',
  };
}
