/**
 * The debug sessions as the store keeps them. Every change is told to the browsers of the one it is about and of the one
 * who looks, here and, through them, by the other servers; and to the parts of this server that act on it.
 */
import { z } from 'zod';
import type { DebugSession } from '../../protocol/debug.ts';
import type { Hub } from '../hub.ts';
import type { Replicas } from '../replicas.ts';
import type { Store } from '../store.ts';
import type { DebugChange, DebugFilter, DebugRecord, DebugStateName } from './record.ts';

const Told = z.object({ id: z.string() });

/** Of those that ended, so many may have done so unheard. */
const LATEST = 50;

type Listener = (record: DebugRecord) => void;

export class DebugBook {
  readonly #deps;
  readonly #listeners = new Set<Listener>();
  #hearing = Promise.resolve();

  constructor(deps: {
    store: Pick<Store, 'debug'>;
    hub: Hub;
    replicas: Pick<Replicas, 'tell' | 'hear' | 'onResync'>;
    failed: (what: string, error: unknown) => void;
  }) {
    this.#deps = deps;
    deps.replicas.hear('debug', (value) => {
      const told = Told.safeParse(value);
      if (told.success) this.#later(() => this.#heard(told.data.id));
    });
    deps.replicas.onResync(() => this.#later(() => this.#lookAgain()));
  }

  async add(record: DebugRecord): Promise<void> {
    await this.#deps.store.debug.add(record);
    this.#tell(record);
  }

  find(id: string): Promise<DebugRecord | null> {
    return this.#deps.store.debug.find(id);
  }

  list(filter: DebugFilter): Promise<readonly DebugRecord[]> {
    return this.#deps.store.debug.list(filter);
  }

  /** Null when it is in none of these states any more: somebody else was first. */
  async change(id: string, from: readonly DebugStateName[], change: DebugChange): Promise<DebugRecord | null> {
    const changed = await this.#deps.store.debug.change(id, from, change);
    if (changed) this.#tell(changed);
    return changed;
  }

  /** One that has ended has a recording after all, if it has. */
  async tellRecording(id: string): Promise<void> {
    const record = await this.find(id);
    if (record?.session.transcript) this.#tell(record);
  }

  /** Called with each session that changed, whichever server changed it. Returns how to stop listening. */
  onChange(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  #tell(record: DebugRecord): void {
    this.#publish(record);
    this.#deps.replicas.tell('debug', { id: record.session.id });
  }

  #publish(record: DebugRecord): void {
    const { session } = record;
    for (const userId of audienceOf(session)) this.#deps.hub.publish(userId, { type: 'debug', session });
    for (const listener of this.#listeners) listener(record);
  }

  async #heard(id: string): Promise<void> {
    const record = await this.find(id);
    if (record) this.#publish(record);
  }

  async #lookAgain(): Promise<void> {
    const ended = await this.list({ open: false, limit: LATEST });
    for (const record of [...ended, ...(await this.list({ open: true }))]) this.#publish(record);
  }

  /** One after the other, as they were told. */
  #later(work: () => Promise<void>): void {
    this.#hearing = this.#hearing
      .then(work)
      .catch((error: unknown) => this.#deps.failed('following debug sessions of other servers', error));
  }
}

function audienceOf({ userId, by }: DebugSession): ReadonlySet<string> {
  return new Set([userId, by.id]);
}
