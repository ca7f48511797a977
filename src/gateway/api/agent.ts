/** Connections to the api replicas in one order of preference: the first that takes one gets the request. */
import { Agent, type ClientRequestArgs } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ApiReplicas } from './replicas.ts';

const MOST_IDLE = 32;
/** Shorter than replicas keep an idle connection: the one that ends it must not be the one who is asked. */
const IDLE_MS = 60_000;

type Done = (error: Error | null, stream: Duplex) => void;

export class ReplicaAgent extends Agent {
  readonly #replicas: ApiReplicas;
  readonly #order: readonly string[];
  /** To another than the first: good for the request that it was made for. */
  readonly #makeshift = new WeakSet<Duplex>();

  constructor(replicas: ApiReplicas, order: readonly string[]) {
    super({ keepAlive: true, maxFreeSockets: MOST_IDLE, timeout: IDLE_MS });
    this.#replicas = replicas;
    this.#order = order;
  }

  override createConnection(_options: ClientRequestArgs, done: Done = () => {}): undefined {
    void this.#connect(done);
  }

  /** What it answers decides, though Node's types say that it answers nothing. */
  override keepSocketAlive(stream: Duplex): unknown {
    const kept: unknown = super.keepSocketAlive(stream);
    return this.#makeshift.has(stream) ? false : kept;
  }

  async #connect(done: Done): Promise<void> {
    const found = await this.#replicas.connect(this.#order).then(
      (socket) => ({ socket }),
      (error: unknown) => ({ error: error instanceof Error ? error : new Error(String(error)) }),
    );
    if ('error' in found) {
      // Node looks at no stream beside an error, though its types want one.
      Reflect.apply(done, undefined, [found.error]);
      return;
    }
    if (found.socket.remoteAddress !== this.#order[0]) this.#makeshift.add(found.socket);
    done(null, found.socket);
  }
}

/** One agent for each order that users have; forgotten when the replicas change. */
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
      // What is under way ends by itself, and idle connections are ended by the other side.
      this.#agents.clear();
      this.#addresses = addresses;
    }
    const key = order.join();
    const agent = this.#agents.get(key) ?? new ReplicaAgent(this.#replicas, order);
    this.#agents.set(key, agent);
    return agent;
  }

  /** Ends what is idle and what is under way. */
  destroy(): void {
    for (const agent of this.#agents.values()) agent.destroy();
    this.#agents.clear();
  }
}
