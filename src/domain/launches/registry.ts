/**
 * The open launches as this server knows them: those it started, and those that the engine or another server reported.
 * Publishes every change to the user's browsers and to the other servers.
 */
import { z } from 'zod';
import { type Launch, LaunchState } from '#protocol/launch.ts';
import { DeskpodError } from '../errors.ts';
import type { EventBus } from '../server/event-bus.ts';
import { deservesNotice, type Ending } from './end.ts';
import { finished, present } from './record.ts';
import type { Replicas } from '../server/replicas.ts';
import type { ReplicaTopic } from '../server/replica-topic.ts';
import type { LaunchEnd, LaunchRecord, Store, StoppedBy } from '../ports/store.ts';

/** An app without a window counts as running after this long. */
export const WINDOW_TIMEOUT_MS = 60_000;
/** Copies for debugging often have no window at all. */
const COPY_WINDOW_TIMEOUT_MS = 3_000;
/** Ended launches to remember, so that none is reported as ended twice. */
const ENDED_REMEMBERED = 1_000;
/** The engine's texts are cut in messages to other servers, whose size is limited. */
const DETAIL_LENGTH = 1_000;

/** An open launch: the record, its current state, and how to release what it holds. */
export interface Active {
  record: LaunchRecord;
  status: LaunchState;
  /** By `performance.now()`. */
  readonly requestedAt: number;
  stoppedBy: StoppedBy | null;
  release: () => void;
  finishing: Promise<void> | null;
  /** Aborts when its desktop ends. */
  readonly desktopEnded: AbortController;
  /** The machine name of its X clients, once the engine reported it. */
  hostname: string | null;
  /** `oc.launch`, if this server started it. */
  readonly wmClass: string | null;
  /** This server started it and publishes its states to the others. */
  readonly mine: boolean;
  /** Cancels the start; null when this server isn't starting it. */
  starting: AbortController | null;
  /** This server is stopping it. */
  stopping: Promise<void> | null;
}

export interface LaunchEvents {
  launchStarted(launch: Launch): void;
  launchFinished(launch: Launch): void;
  failed(what: string, error: unknown): void;
}

const Message = z.union([
  z.object({ id: z.string(), status: LaunchState }),
  z.object({ id: z.string(), removedOf: z.string() }),
  z.object({ ids: z.array(z.string()), readBy: z.string() }),
]);

interface RegistryDeps {
  readonly store: Pick<Store, 'launches'>;
  readonly hub: EventBus;
  readonly replicas: Replicas;
  readonly events: LaunchEvents;
}

export class LaunchRegistry {
  readonly #active = new Map<string, Active>();
  readonly #ended = new Set<string>();
  /** Ends that aren't stored yet. */
  readonly #due = new Map<string, Ending>();
  readonly #deps: RegistryDeps;
  readonly #others: ReplicaTopic<typeof Message>;

  constructor(deps: RegistryDeps) {
    this.#deps = deps;
    this.#others = deps.replicas.topic('launch', Message);
    this.#others.follow({
      handle: (message) => this.#receive(message),
      resync: () => this.#readAgain(),
      failed: (error) => deps.events.failed('following launches of other servers', error),
    });
  }

  get(id: string): Active | undefined {
    return this.#active.get(id);
  }

  all(): Active[] {
    return [...this.#active.values()];
  }

  /** A launch that another server started, or this one before a restart. */
  follow(record: LaunchRecord, status: LaunchState, hostname: string | null = null): Active {
    return this.add({
      record,
      status,
      requestedAt: performance.now(),
      stoppedBy: record.stoppedBy,
      release: () => {},
      finishing: null,
      desktopEnded: new AbortController(),
      hostname,
      wmClass: null,
      mine: false,
      starting: null,
      stopping: null,
    });
  }

  add(active: Active): Active {
    this.#active.set(active.record.id, active);
    this.#publish(active);
    return active;
  }

  /** The others look it up when they receive this: call it once the launch is stored. */
  announce(active: Active): void {
    if (this.#active.has(active.record.id)) this.#notifyOthers(active);
  }

  /** `notifyOthers`: also when another server started it. */
  setStatus(active: Active, status: LaunchState, notifyOthers = active.mine): void {
    active.status = status;
    this.#publish(active);
    if (notifyOthers) this.#notifyOthers(active);
  }

  /** Counts as running when no window appears. Returns a function that stops waiting. */
  awaitWindow(active: Active, then: () => void = () => {}): () => void {
    const timeoutMs = active.record.copyOf === null ? WINDOW_TIMEOUT_MS : COPY_WINDOW_TIMEOUT_MS;
    const timer = setTimeout(() => {
      if (active.status.state === 'starting') this.setStatus(active, { state: 'running' });
      then();
    }, timeoutMs).unref();
    return () => clearTimeout(timer);
  }

  /**
   * It ended. The server that stores the first end publishes it; the others show that one. Nothing is published before
   * the end is stored: {@link saveDue} retries what the store refused.
   */
  async settle({ id }: Pick<LaunchRecord, 'id'>, end: Ending): Promise<void> {
    if (!this.#due.has(id)) this.#due.set(id, end);
    await this.#save(id).catch((error: unknown) => this.#deps.events.failed(`storing the end of launch ${id}`, error));
  }

  /** Retries to store ends. */
  async saveDue(): Promise<void> {
    for (const id of this.#due.keys())
      await this.#save(id).catch((error: unknown) =>
        this.#deps.events.failed(`storing the end of launch ${id}`, error),
      );
  }

  /** Reads a launch that this server considers open: shows its end, or drops it if it isn't stored. */
  async lookUp(id: string): Promise<LaunchRecord | null> {
    const record = await this.#deps.store.launches.find(id);
    if (record?.end) this.#close({ ...record, end: record.end });
    else if (record === null) this.drop(id);
    return record;
  }

  /** It isn't stored. */
  drop(id: string): void {
    const active = this.#active.get(id);
    if (!active) return;
    this.#active.delete(id);
    active.release();
    this.#deps.hub.publish(active.record.userId, { type: 'launch_removed', id });
  }

  /** Their user has seen the ends. */
  async read(userId: string, ids: readonly string[]): Promise<void> {
    const read = await this.#deps.store.launches.read(userId, ids);
    if (read.length === 0) return;
    this.#others.publish({ ids: [...read], readBy: userId });
    await this.#showRead(userId, read);
  }

  /** A finished launch was removed. */
  removed({ id, userId }: LaunchRecord): void {
    this.#deps.hub.publish(userId, { type: 'launch_removed', id });
    this.#others.publish({ id, removedOf: userId });
  }

  present(record: LaunchRecord): Launch {
    const active = this.#active.get(record.id);
    return active
      ? present(active.record, active.status)
      : present(record, record.end ? finished(record.end) : { state: 'running' });
  }

  async #save(id: string): Promise<void> {
    const due = this.#due.get(id);
    if (!due) return;
    const { launches } = this.#deps.store;
    const record = await launches.find(id);
    if (record === null) {
      this.#due.delete(id);
      return this.drop(id);
    }
    const end = { ...due, unread: deservesNotice(record, due) };
    const first = record.end === null && (await launches.end(id, end));
    const kept = first ? end : (record.end ?? (await launches.find(id))?.end);
    if (!kept) throw new Error('The store has no end for this launch.');
    this.#due.delete(id);
    const ended = { ...record, end: kept };
    if (first || this.#active.has(id)) this.#close(ended);
    if (!first) return;
    const launch = present(ended, finished(kept));
    this.#deps.events.launchFinished(launch);
    this.#others.publish({ id, status: shortened(launch.status) });
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

  async #receive(message: z.output<typeof Message>): Promise<void> {
    if ('readBy' in message) return this.#showRead(message.readBy, message.ids);
    if ('removedOf' in message) {
      this.drop(message.id);
      this.#deps.hub.publish(message.removedOf, { type: 'launch_removed', id: message.id });
      return;
    }
    const record = await this.#deps.store.launches.find(message.id);
    if (record !== null) this.#showAsStored(record, message.status);
  }

  async #readAgain(): Promise<void> {
    for (const { record } of this.all()) {
      const kept = await this.#deps.store.launches.find(record.id);
      if (kept !== null) this.#showAsStored(kept, null);
    }
  }

  async #showRead(userId: string, ids: readonly string[]): Promise<void> {
    for (const id of ids) {
      const record = await this.#deps.store.launches.find(id);
      if (record?.end)
        this.#deps.hub.publish(userId, { type: 'launch', launch: present(record, finished(record.end)) });
    }
  }

  #showAsStored(record: LaunchRecord, status: LaunchState | null): void {
    if (record.end) return this.#close({ ...record, end: record.end });
    const active = this.#active.get(record.id);
    if (!active) {
      if (status === null || status.state === 'finished') return;
      this.#waitIfStarting(this.follow(record, status));
      return;
    }
    active.stoppedBy = record.stoppedBy;
    if (!active.mine) active.record = record;
    if (record.stoppedBy !== null) active.starting?.abort(stoppedBeforeStart());
    if (status === null || status.state === 'finished') return;
    this.setStatus(active, status, false);
    this.#waitIfStarting(active);
  }

  /** The server that started it may stop before it reports the next state. */
  #waitIfStarting(active: Active): void {
    if (active.mine || active.status.state !== 'starting' || active.status.step !== 'window') return;
    active.release();
    active.release = this.awaitWindow(active);
  }

  #publish({ record, status }: Active): void {
    this.#deps.hub.publish(record.userId, { type: 'launch', launch: present(record, status) });
  }

  #notifyOthers({ record, status }: Active): void {
    this.#others.publish({ id: record.id, status: shortened(status) });
  }
}

/** Why a start was cancelled. */
export function stoppedBeforeStart(): DeskpodError {
  return new DeskpodError('conflict', 'It was stopped before it started.');
}

function shortened(status: LaunchState): LaunchState {
  if (status.state === 'starting' && status.detail !== undefined)
    return { ...status, detail: status.detail.slice(0, DETAIL_LENGTH) };
  if (status.state === 'finished' && status.message !== null)
    return { ...status, message: status.message.slice(0, DETAIL_LENGTH) };
  return status;
}
