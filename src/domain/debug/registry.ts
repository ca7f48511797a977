/**
 * The debug sessions in the store. Publishes every change, of any server, to the browsers of the requester and of the
 * owner, and to the listeners of this server.
 */
import { z } from 'zod';
import type { DebugSession } from '#protocol/debug.ts';
import type { EventBus } from '../server/event-bus.ts';
import type { ReplicaTopic } from '../server/replica-topic.ts';
import type { Replicas } from '../server/replicas.ts';
import type { Store } from '../ports/store.ts';
import type { DebugChange, DebugFilter, DebugRecord, DebugStateName } from '../ports/debug-store.ts';
import type { DebugEvents } from './record.ts';

const ChangeMessage = z.object({ id: z.string() });

/** How many ended sessions to publish again after messages were missed. */
const LATEST_ENDED = 50;

export interface RegistryDeps {
  readonly store: Pick<Store, 'debug'>;
  readonly hub: EventBus;
  readonly replicas: Pick<Replicas, 'topic' | 'onResync'>;
  readonly events: Pick<DebugEvents, 'failed'>;
}

type Listener = (record: DebugRecord) => void;

export class DebugRegistry {
  readonly #deps: RegistryDeps;
  readonly #changes: ReplicaTopic<typeof ChangeMessage>;
  readonly #listeners = new Set<Listener>();
  /** Per desktop: the last piece of work that must not overlap with the next. */
  readonly #lastWork = new Map<string, Promise<unknown>>();
  #publishing = Promise.resolve();

  constructor(deps: RegistryDeps) {
    this.#deps = deps;
    this.#changes = deps.replicas.topic('debug', ChangeMessage);
    this.#changes.subscribe(({ id }) => this.#enqueue(() => this.#publishById(id)));
    deps.replicas.onResync(() => this.#enqueue(() => this.#publishAll()));
  }

  async add(record: DebugRecord): Promise<void> {
    await this.#deps.store.debug.add(record);
    this.#announce(record);
  }

  find(id: string): Promise<DebugRecord | null> {
    return this.#deps.store.debug.find(id);
  }

  list(filter: DebugFilter): Promise<readonly DebugRecord[]> {
    return this.#deps.store.debug.list(filter);
  }

  /** Null unless it is in one of these states: another change was first. */
  async change(id: string, from: readonly DebugStateName[], change: DebugChange): Promise<DebugRecord | null> {
    const changed = await this.#deps.store.debug.change(id, from, change);
    if (changed) this.#announce(changed);
    return changed;
  }

  /** Publishes an ended session again if its recording was stored after its end. */
  async announceRecording(id: string): Promise<void> {
    const record = await this.find(id);
    if (record?.session.transcript) this.#announce(record);
  }

  /** Calls the listener with each session that any server changed. Returns a function that unsubscribes it. */
  onChange(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /**
   * Runs `work` once all earlier work on the same desktop has settled, within this server: for decisions that depend on
   * which toolboxes exist.
   */
  async exclusively<T>(desktopId: string, work: () => Promise<T>): Promise<T> {
    const earlier = this.#lastWork.get(desktopId) ?? Promise.resolve();
    const mine = earlier.then(work, work);
    this.#lastWork.set(desktopId, mine);
    try {
      return await mine;
    } finally {
      if (this.#lastWork.get(desktopId) === mine) this.#lastWork.delete(desktopId);
    }
  }

  #announce(record: DebugRecord): void {
    this.#publish(record);
    this.#changes.publish({ id: record.session.id });
  }

  #publish(record: DebugRecord): void {
    const { session } = record;
    for (const userId of audienceOf(session)) this.#deps.hub.publish(userId, { type: 'debug', session });
    for (const listener of this.#listeners) listener(record);
  }

  async #publishById(id: string): Promise<void> {
    const record = await this.find(id);
    if (record) this.#publish(record);
  }

  async #publishAll(): Promise<void> {
    const ended = await this.list({ open: false, limit: LATEST_ENDED });
    for (const record of [...ended, ...(await this.list({ open: true }))]) this.#publish(record);
  }

  /** Publishes one after the other, in the order of the messages. */
  #enqueue(work: () => Promise<void>): void {
    this.#publishing = this.#publishing
      .then(work)
      .catch((error: unknown) => this.#deps.events.failed('following debug sessions of other servers', error));
  }
}

function audienceOf({ userId, by }: DebugSession): ReadonlySet<string> {
  return new Set([userId, by.id]);
}
