/** When each user last had their desktop open: a page, terminal or screen. In the store, so that every server knows it. */
import { z } from 'zod';
import { ignore } from '#protocol/ignore.ts';
import type { Store } from '../ports/store.ts';

const KEY = 'attended';
/** Shorter than the shortest idle time. */
const MARK_EVERY_MS = 30_000;

const Times = z.record(z.string(), z.iso.datetime());
type Times = z.output<typeof Times>;

export interface AttendanceOptions {
  readonly values: Store['values'];
  /** The users who have something open at this server. */
  readonly connected: () => readonly string[];
  readonly failed: (what: string, error: unknown) => void;
}

export class Attendance implements Disposable {
  readonly #options: AttendanceOptions;
  /** How many event streams each user has open at this server. */
  readonly #watchers = new Map<string, number>();
  readonly #timer: NodeJS.Timeout;

  constructor(options: AttendanceOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#markHere(), MARK_EVERY_MS).unref();
  }

  /** A client of this user has opened an event stream; call the returned function when it closes. */
  watch(userId: string): () => void {
    this.#watchers.set(userId, (this.#watchers.get(userId) ?? 0) + 1);
    this.#markHere();
    return () => {
      this.#markHere();
      const left = (this.#watchers.get(userId) ?? 1) - 1;
      if (left === 0) this.#watchers.delete(userId);
      else this.#watchers.set(userId, left);
    };
  }

  /** Whether an event stream of the user is open at this server. */
  isWatched(userId: string): boolean {
    return this.#watchers.has(userId);
  }

  /** Users with open connections are only marked every 30 seconds. */
  async last(): Promise<ReadonlyMap<string, Date>> {
    const now = new Date();
    const stored = Object.entries(read(await this.#options.values.get(KEY)));
    const here = this.#here().map((userId) => [userId, now] as const);
    return new Map([...stored.map(([userId, at]) => [userId, new Date(at)] as const), ...here]);
  }

  /** Counts these users as present now. */
  async mark(userIds: Iterable<string>): Promise<void> {
    const at = new Date().toISOString();
    const marked = Object.fromEntries([...userIds].map((userId) => [userId, at]));
    await this.#change((times) => ({ ...times, ...marked }));
  }

  /** Forgets everybody else. */
  async keepOnly(userIds: ReadonlySet<string>): Promise<void> {
    const isOther = ([userId]: [string, unknown]): boolean => !userIds.has(userId);
    if (!Object.entries(read(await this.#options.values.get(KEY))).some(isOther)) return;
    await this.#change((times) => Object.fromEntries(Object.entries(times).filter((one) => !isOther(one))));
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #here(): string[] {
    return [...new Set([...this.#watchers.keys(), ...this.#options.connected()])];
  }

  #markHere(): void {
    const here = this.#here();
    if (here.length === 0) return;
    this.mark(here).catch((error: unknown) => this.#options.failed('storing which desktops are attended', error));
  }

  async #change(change: (times: Times) => Times): Promise<void> {
    await this.#options.values.change(KEY, (value) => JSON.stringify(change(read(value))));
  }
}

function read(value: string | null): Times {
  try {
    return Times.parse(JSON.parse(value ?? '{}'));
  } catch (error) {
    return ignore('the stored times are unreadable', {})(error);
  }
}
