/**
 * The launches that are not over, as this server knows them: those it started, and those that the engine or another
 * server told of. Every change is told to the user's browsers here and to the other servers.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { type Launch, LaunchState } from '../protocol/launch.ts';
import { DeskpodError } from './errors.ts';
import type { Hub } from './hub.ts';
import { finished, present } from './launch-record.ts';
import type { Replicas } from './replicas.ts';
import type { LaunchEnd, LaunchRecord, Store, StoppedBy } from './store.ts';

/** An app that maps no window for this long is taken as running without one. */
export const WINDOW_TIMEOUT_MS = 60_000;
/** One that was made to be looked into often has none at all. */
const COPY_WINDOW_TIMEOUT_MS = 3_000;
/** A database that is away delays the end of a launch, and does not lose it. */
const STORE_RETRY_MS = 2_000;
const STORE_ATTEMPTS = 60;
/** Ended launches that are remembered, so that none is told as ended twice. */
const ENDED_REMEMBERED = 1_000;
/** Words of the engine are cut for other servers: a message has an end. */
const DETAIL_LENGTH = 1_000;

/** A launch that is not over: the record, what happens now, and how to let go of what it holds. */
export interface Active {
  record: LaunchRecord;
  status: LaunchState;
  readonly begun: number;
  stoppedBy: StoppedBy | null;
  release: () => void;
  finishing: Promise<void> | null;
  /** Aborts when its desktop ended. */
  readonly desktopOver: AbortController;
  /** How its X clients name their machine, once the engine said. */
  hostname: string | null;
  /** `oc.launch`, when it was started by this server. */
  readonly wmClass: string | null;
  /** Started here: the other servers follow what is told from here. */
  readonly mine: boolean;
}

export interface LaunchEvents {
  launchStarted(launch: Launch): void;
  launchFinished(launch: Launch): void;
  failed(what: string, error: unknown): void;
}

const Told = z.union([
  z.object({ id: z.string(), status: LaunchState }),
  z.object({ id: z.string(), removedOf: z.string() }),
]);

export class LaunchBoard {
  readonly #active = new Map<string, Active>();
  readonly #ended = new Set<string>();
  readonly #deps;
  #hearing = Promise.resolve();

  constructor(deps: { store: Pick<Store, 'launches'>; hub: Hub; replicas: Replicas; events: LaunchEvents }) {
    this.#deps = deps;
    const { replicas } = deps;
    replicas.hear('launch', (value) => {
      const told = Told.safeParse(value);
      if (told.success) this.#later(() => this.#heard(told.data));
    });
    replicas.onResync(() => this.#later(() => this.#lookAgain()));
  }

  get(id: string): Active | undefined {
    return this.#active.get(id);
  }

  all(): Active[] {
    return [...this.#active.values()];
  }

  /** A launch that another server started, or an earlier life of this one. */
  follow(record: LaunchRecord, status: LaunchState, hostname: string | null = null): Active {
    return this.add({
      record,
      status,
      begun: performance.now(),
      stoppedBy: record.stoppedBy,
      release: () => {},
      finishing: null,
      desktopOver: new AbortController(),
      hostname,
      wmClass: null,
      mine: false,
    });
  }

  add(active: Active): Active {
    this.#active.set(active.record.id, active);
    this.#publish(active);
    return active;
  }

  /** The others look it up when they hear of it: once it is in the store. */
  announce(active: Active): void {
    if (this.#active.has(active.record.id)) this.#tell(active);
  }

  /** `told`: the others shall know, though it was not started here. */
  step(active: Active, status: LaunchState, told = active.mine): void {
    active.status = status;
    this.#publish(active);
    if (told) this.#tell(active);
  }

  /** Taken as running when no window comes. Returns how to stop waiting. */
  awaitWindow(active: Active, then: () => void = () => {}): () => void {
    const timeoutMs = active.record.copyOf === null ? WINDOW_TIMEOUT_MS : COPY_WINDOW_TIMEOUT_MS;
    const timer = setTimeout(() => {
      if (active.status.state === 'starting') this.step(active, { state: 'running' });
      then();
    }, timeoutMs).unref();
    return () => clearTimeout(timer);
  }

  /** It is over. Whichever server keeps the first end tells it; the others show that one. */
  async settle(record: LaunchRecord, end: LaunchEnd): Promise<void> {
    const first = await this.#keepEnd(record.id, end);
    const kept = first ? end : ((await this.#deps.store.launches.find(record.id))?.end ?? end);
    if (!first && !this.#active.has(record.id)) return;
    const over = { ...(this.#active.get(record.id)?.record ?? record), end: kept };
    this.#close(over);
    if (!first) return;
    const launch = present(over, finished(kept));
    this.#deps.events.launchFinished(launch);
    this.#deps.replicas.tell('launch', { id: over.id, status: short(launch.status) });
  }

  /** A launch that is over and was forgotten. */
  removed({ id, userId }: LaunchRecord): void {
    this.#deps.hub.publish(userId, { type: 'launch_removed', id });
    this.#deps.replicas.tell('launch', { id, removedOf: userId });
  }

  present(record: LaunchRecord): Launch {
    const active = this.#active.get(record.id);
    return active
      ? present(active.record, active.status)
      : present(record, record.end ? finished(record.end) : { state: 'running' });
  }

  async #keepEnd(id: string, end: LaunchEnd): Promise<boolean> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#deps.store.launches.end(id, end);
      } catch (error) {
        const passes = error instanceof DeskpodError && error.code === 'store_unavailable';
        if (!passes || attempt === STORE_ATTEMPTS) throw error;
      }
      await delay(STORE_RETRY_MS, undefined, { ref: false });
    }
  }

  #close(record: LaunchRecord & { end: LaunchEnd }): void {
    const { id, userId, end } = record;
    if (this.#ended.has(id)) return;
    this.#ended.add(id);
    for (const oldest of this.#ended) {
      if (this.#ended.size <= ENDED_REMEMBERED) break;
      this.#ended.delete(oldest);
    }
    const active = this.#active.get(id);
    if (active) {
      active.release();
      active.record = record;
      active.status = finished(end);
      this.#active.delete(id);
    }
    this.#deps.hub.publish(userId, { type: 'launch', launch: present(record, finished(end)) });
  }

  /** One after the other, as they were told. */
  #later(work: () => Promise<void>): void {
    this.#hearing = this.#hearing
      .then(work)
      .catch((error: unknown) => this.#deps.events.failed('following launches of other servers', error));
  }

  async #heard(told: z.output<typeof Told>): Promise<void> {
    if ('removedOf' in told) {
      this.#deps.hub.publish(told.removedOf, { type: 'launch_removed', id: told.id });
      return;
    }
    const record = await this.#deps.store.launches.find(told.id);
    if (record !== null) this.#showAsKept(record, told.status);
  }

  async #lookAgain(): Promise<void> {
    for (const { record } of this.all()) {
      const kept = await this.#deps.store.launches.find(record.id);
      if (kept !== null) this.#showAsKept(kept, null);
    }
  }

  #showAsKept(record: LaunchRecord, status: LaunchState | null): void {
    if (record.end) return this.#close({ ...record, end: record.end });
    const active = this.#active.get(record.id);
    if (!active) {
      if (status === null || status.state === 'finished') return;
      this.#waitIfStarting(this.follow(record, status));
      return;
    }
    active.stoppedBy = record.stoppedBy;
    if (!active.mine) active.record = record;
    if (status === null || status.state === 'finished') return;
    this.step(active, status, false);
    this.#waitIfStarting(active);
  }

  /** The server that started it may be gone before it can tell the rest. */
  #waitIfStarting(active: Active): void {
    if (active.mine || active.status.state !== 'starting' || active.status.step !== 'window') return;
    active.release();
    active.release = this.awaitWindow(active);
  }

  #publish({ record, status }: Active): void {
    this.#deps.hub.publish(record.userId, { type: 'launch', launch: present(record, status) });
  }

  #tell({ record, status }: Active): void {
    this.#deps.replicas.tell('launch', { id: record.id, status: short(status) });
  }
}

function short(status: LaunchState): LaunchState {
  if (status.state === 'starting' && status.detail !== undefined)
    return { ...status, detail: status.detail.slice(0, DETAIL_LENGTH) };
  if (status.state === 'finished' && status.message !== null)
    return { ...status, message: status.message.slice(0, DETAIL_LENGTH) };
  return status;
}
