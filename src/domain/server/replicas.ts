/** This server among those that share its store: sends heartbeats, publishes changes and receives those of the others. */
import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { waitAtMost } from '../deadlines.ts';
import { ignore } from '#protocol/ignore.ts';
import type { Store, Topic } from '../ports/store.ts';
import { type ReplicaMessages, ReplicaTopic } from './replica-topic.ts';

/** A third of what it takes to count as gone. */
const HEARTBEAT_MS = 5_000;
/** The others find out by themselves, too: a database that doesn't answer must not delay stopping. */
const LEAVE_MS = 1_000;

const Message = z.object({ by: z.string(), value: z.unknown() });

/** `value` is unparsed. */
type Listener = (value: unknown) => void;

export class Replicas implements ReplicaMessages, AsyncDisposable {
  /** Names this process: after a restart, the server is a new replica that owns nothing yet. */
  readonly me: string;
  readonly #store: Pick<Store, 'replicas' | 'changes'>;
  readonly #failed: (what: string, cause: unknown) => void;
  readonly #listeners = new Map<Topic, Set<Listener>>();
  readonly #resyncListeners = new Set<() => void>();
  readonly #unsubscribe: () => void;
  #timer: NodeJS.Timeout | null = null;
  #beating: Promise<void> | null = null;

  private constructor(
    store: Pick<Store, 'replicas' | 'changes'>,
    name: string,
    failed: (what: string, cause: unknown) => void,
  ) {
    this.me = `${name}/${randomBytes(4).toString('hex')}`;
    this.#store = store;
    this.#failed = failed;
    this.#unsubscribe = store.changes.subscribe((change) => {
      if (change.type === 'resync') for (const listener of this.#resyncListeners) listener();
      else this.#receive(change.topic, change.payload);
    });
  }

  /** Registers this server until it is disposed. `name` is for people. */
  static async join(
    store: Pick<Store, 'replicas' | 'changes'>,
    name: string,
    failed: (what: string, cause: unknown) => void,
  ): Promise<Replicas> {
    const replicas = new Replicas(store, name, failed);
    await store.replicas.beat(replicas.me);
    replicas.#timer = setInterval(() => replicas.#beat(), HEARTBEAT_MS).unref();
    return replicas;
  }

  /** The servers that are alive, always including this one. */
  async alive(): Promise<ReadonlySet<string>> {
    return new Set([...(await this.#store.replicas.alive()), this.me]);
  }

  /** Messages of this topic that match the schema. */
  topic<Schema extends z.ZodType>(topic: Topic, schema: Schema): ReplicaTopic<Schema> {
    return new ReplicaTopic(this, topic, schema);
  }

  tell(topic: Topic, value: unknown): void {
    this.#store.changes
      .publish(topic, JSON.stringify({ by: this.me, value }))
      .catch((cause: unknown) => this.#failed(`notifying other servers about a ${topic}`, cause));
  }

  hear(topic: Topic, listener: Listener): () => void {
    const listeners = this.#listeners.get(topic) ?? new Set();
    this.#listeners.set(topic, listeners.add(listener));
    return () => void listeners.delete(listener);
  }

  onResync(listener: () => void): () => void {
    this.#resyncListeners.add(listener);
    return () => void this.#resyncListeners.delete(listener);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#timer) clearInterval(this.#timer);
    this.#unsubscribe();
    const left = (this.#beating ?? Promise.resolve())
      .then(() => this.#store.replicas.leave(this.me))
      .catch((cause: unknown) => this.#failed('unregistering this server', cause));
    await waitAtMost(LEAVE_MS, left, undefined);
  }

  #beat(): void {
    this.#beating ??= this.#store.replicas
      .beat(this.me)
      .catch((cause: unknown) => this.#failed('sending a heartbeat', cause))
      .finally(() => {
        this.#beating = null;
      });
  }

  #receive(topic: Topic, payload: string): void {
    const message = parse(payload);
    if (message === null || message.by === this.me) return;
    for (const listener of this.#listeners.get(topic) ?? []) listener(message.value);
  }
}

/** Null for what no Deskpod server sends: other programs may use the same channel. */
function parse(payload: string): z.output<typeof Message> | null {
  try {
    return Message.parse(JSON.parse(payload));
  } catch (error) {
    return ignore('a message of another program', null)(error);
  }
}
