/** The cluster's API as this engine uses it: every call ends, and every failure is an `ApiFault` that says what and where. */
import {
  ApiException,
  CoreV1Api,
  KubeConfig,
  NetworkingV1Api,
  PatchStrategy,
  setHeaderMiddleware,
  setHeaderOptions,
  VersionApi,
} from '@kubernetes/client-node';
import { z } from 'zod';

const CALL_TIMEOUT_MS = 15_000;

/** What a refusal of the API server says of itself. */
const Status = z.looseObject({ reason: z.string().nullish(), message: z.string().nullish() });

/** A call that failed: `status` is the HTTP status, 0 when the API server was not reached. */
export class ApiFault extends Error {
  override readonly name = 'ApiFault';
  readonly status: number;
  /** Kubernetes' word, for example `AlreadyExists`. */
  readonly reason: string;

  constructor(message: string, status: number, reason: string, cause: unknown) {
    super(message, { cause });
    this.status = status;
    this.reason = reason;
  }
}

export function hasStatus(error: unknown, ...statuses: number[]): boolean {
  return error instanceof ApiFault && statuses.includes(error.status);
}

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

  /** Address of the API server, for people. */
  get server(): string {
    return this.config.getCurrentCluster()?.server ?? 'no cluster';
  }

  /** For example `v1.36.2`. */
  async version(): Promise<string> {
    const { gitVersion } = await this.call((options) => this.#version.getCode(options));
    return gitVersion;
  }

  /** Runs one call with an end; its failure comes back as `ApiFault`, an abort as the signal's reason. */
  async call<T>(ask: (options: CallOptions) => Promise<T>, signal?: AbortSignal): Promise<T> {
    const timeout = AbortSignal.timeout(CALL_TIMEOUT_MS);
    const until = signal === undefined ? timeout : AbortSignal.any([signal, timeout]);
    try {
      return await ask(ending(until));
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      throw faultOf(error, this.server);
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

function faultOf(error: unknown, server: string): ApiFault {
  if (error instanceof ApiException) {
    const status = Status.safeParse(typeof error.body === 'string' ? parseJson(error.body) : error.body);
    const { message, reason } = status.success ? status.data : {};
    return new ApiFault(message ?? error.message, error.code, reason ?? '', error);
  }
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const why = cause instanceof Error ? cause.message : String(cause);
  return new ApiFault(`The cluster's API server ${server} does not answer: ${why}`, 0, '', error);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
