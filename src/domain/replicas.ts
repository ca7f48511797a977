/** This server among those that share its store: it gives a sign of life, tells the others what changed, and hears them. */
import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { Store, Topic } from './store.ts';

/** A third of what it takes to be given up. */
const BEAT_MS = 5_000;
/** Others find out by themselves, too: stopping is not held up by a database that is away. */
const LEAVE_MS = 1_000;

const Told = z.object({ by: z.string(), value: z.unknown() });

/** `value` is what another server told, unread. */
type Hearer = (value: unknown) => void;

export class Replicas implements AsyncDisposable {
  /** Of this life: a server that starts again is another one, which looks after nothing yet. */
  readonly me: string;
  readonly #store: Pick<Store, 'replicas' | 'changes'>;
  readonly #onProblem: (what: string, cause: unknown) => void;
  readonly #hearers = new Map<Topic, Set<Hearer>>();
  readonly #resynced = new Set<() => void>();
  readonly #unsubscribe: () => void;
  #timer: NodeJS.Timeout | null = null;
  #beating: Promise<void> | null = null;

  private constructor(
    store: Pick<Store, 'replicas' | 'changes'>,
    name: string,
    onProblem: (what: string, cause: unknown) => void,
  ) {
    this.me = `${name}/${randomBytes(4).toString('hex')}`;
    this.#store = store;
    this.#onProblem = onProblem;
    this.#unsubscribe = store.changes.subscribe((change) => {
      if (change.type === 'resync') for (const listener of this.#resynced) listener();
      else this.#heard(change.topic, change.payload);
    });
  }

  /** Known to the others from now on, until it is disposed. `name` is for people. */
  static async join(
    store: Pick<Store, 'replicas' | 'changes'>,
    name: string,
    onProblem: (what: string, cause: unknown) => void,
  ): Promise<Replicas> {
    const replicas = new Replicas(store, name, onProblem);
    await store.replicas.beat(replicas.me);
    replicas.#timer = setInterval(() => replicas.#beat(), BEAT_MS).unref();
    return replicas;
  }

  /** Which servers there are; this one always. */
  async alive(): Promise<ReadonlySet<string>> {
    return new Set([...(await this.#store.replicas.alive()), this.me]);
  }

  /** Tells the other servers, not this one. Short: a few kilobytes as JSON. */
  tell(topic: Topic, value: unknown): void {
    this.#store.changes
      .publish(topic, JSON.stringify({ by: this.me, value }))
      .catch((cause: unknown) => this.#onProblem(`telling other servers about a ${topic}`, cause));
  }

  /** What other servers tell. Returns how to stop hearing. */
  hear(topic: Topic, hearer: Hearer): () => void {
    const hearers = this.#hearers.get(topic) ?? new Set();
    this.#hearers.set(topic, hearers.add(hearer));
    return () => void hearers.delete(hearer);
  }

  /** Something may have gone unheard. Returns how to stop listening. */
  onResync(listener: () => void): () => void {
    this.#resynced.add(listener);
    return () => void this.#resynced.delete(listener);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#timer) clearInterval(this.#timer);
    this.#unsubscribe();
    const left = (this.#beating ?? Promise.resolve())
      .then(() => this.#store.replicas.leave(this.me))
      .catch((cause: unknown) => this.#onProblem('leaving the other servers', cause));
    await Promise.race([left, delay(LEAVE_MS, undefined, { ref: false })]);
  }

  #beat(): void {
    this.#beating ??= this.#store.replicas
      .beat(this.me)
      .catch((cause: unknown) => this.#onProblem('giving a sign of life', cause))
      .finally(() => {
        this.#beating = null;
      });
  }

  #heard(topic: Topic, payload: string): void {
    const told = read(payload);
    if (told === null || told.by === this.me) return;
    for (const hearer of this.#hearers.get(topic) ?? []) hearer(told.value);
  }
}

/** Null for what no server of ours said. */
function read(payload: string): z.output<typeof Told> | null {
  try {
    return Told.parse(JSON.parse(payload));
  } catch {
    return null;
  }
}
