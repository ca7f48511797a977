/** Connections to the API replicas in order of preference: the first replica that accepts gets the request. */
import { Agent, type ClientRequestArgs } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ApiReplicas } from './replicas.ts';
import { toError } from '#domain/errors.ts';

const MOST_IDLE = 32;
/** Shorter than the replicas' keep-alive timeout, so that a replica doesn't close a connection while it gets a request. */
const IDLE_MS = 60_000;

type Done = (error: Error | null, stream: Duplex) => void;

export class ReplicaAgent extends Agent {
  readonly #replicas: ApiReplicas;
  readonly #order: readonly string[];
  /** Not to the first replica: for a single request only. */
  readonly #makeshift = new WeakSet<Duplex>();

  constructor(replicas: ApiReplicas, order: readonly string[]) {
    super({ keepAlive: true, maxFreeSockets: MOST_IDLE, timeout: IDLE_MS });
    this.#replicas = replicas;
    this.#order = order;
  }

  override createConnection(_options: ClientRequestArgs, done: Done = () => {}): undefined {
    void this.#connect(done);
  }

  /** The return value matters, although Node's types declare none. */
  override keepSocketAlive(stream: Duplex): unknown {
    const kept: unknown = super.keepSocketAlive(stream);
    return this.#makeshift.has(stream) ? false : kept;
  }

  async #connect(done: Done): Promise<void> {
    const found = await this.#replicas.connect(this.#order).then(
      (socket) => ({ socket }),
      (error: unknown) => ({ error: toError(error) }),
    );
    if ('error' in found) {
      // Node ignores the stream if there is an error, although its types require one.
      Reflect.apply(done, undefined, [found.error]);
      return;
    }
    if (found.socket.remoteAddress !== this.#order[0]) this.#makeshift.add(found.socket);
    done(null, found.socket);
  }
}

/** One agent for each order of replicas; dropped when the replicas change. */
export class ReplicaAgents {
  readonly #replicas: ApiReplicas;
  readonly #agents = new Map<string, ReplicaAgent>();
  #addresses = '';

  constructor(replicas: ApiReplicas) {
    this.#replicas = replicas;
  }

  for(order: readonly string[]): ReplicaAgent {
    const addresses = order.toSorted().join();
    if (addresses !== this.#addresses) {
      // Requests finish by themselves, and the replicas close idle connections.
      this.#agents.clear();
      this.#addresses = addresses;
    }
    const key = order.join();
    const agent = this.#agents.get(key) ?? new ReplicaAgent(this.#replicas, order);
    this.#agents.set(key, agent);
    return agent;
  }

  /** Closes idle connections and cancels requests. */
  destroy(): void {
    for (const agent of this.#agents.values()) agent.destroy();
    this.#agents.clear();
  }
}
