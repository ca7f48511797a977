/**
 * The API replicas behind one name, and their order for each user: always the same one first, because it has the user's
 * state in memory.
 */
import { createHash } from 'node:crypto';
import { lookup } from 'node:dns/promises';
import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { withDeadline } from '#domain/deadlines.ts';
import { DeskpodError } from '#domain/errors.ts';
import { ignore } from '#protocol/ignore.ts';
import { connectTcp } from '../screen-connect.ts';

/** Names are resolved again after this long, and at once after a failure. */
const FRESH_MS = 1_000;
/** While a name is being resolved, known addresses stay valid for this long. */
const USABLE_MS = 10_000;
const LOOKUP_MS = 2_000;
/** A replica that doesn't accept within this time counts as dead; usually it takes a millisecond. */
const CONNECT_MS = 1_500;
/** How long a replica that failed is tried last. */
const AVOIDED_MS = 5_000;
const PATIENCE_MS = 6_000;
const RETRY_MS = 250;

export interface ReplicasOptions {
  /** For example `http://api-replicas:8000`. */
  readonly url: string;
  /**
   * Load-balanced address of all replicas, which reflects changes earlier than DNS does. For example `http://api:8000`;
   * null if there is none.
   */
  readonly serviceUrl?: string | null;
  /** Resolves a name to all its addresses; default: the system's resolver. */
  readonly resolve?: (name: string) => Promise<readonly string[]>;
  /** How long a request waits for a first address: the cluster's DNS lags seconds behind its pods. */
  readonly patienceMs?: number;
}

export class ApiReplicas {
  readonly name: string;
  readonly port: number;
  readonly #service: string | null;
  readonly #resolve: (name: string) => Promise<readonly string[]>;
  readonly #patienceMs: number;
  readonly #avoidedUntil = new Map<string, number>();
  #known: readonly string[] = [];
  #knownAt = -Infinity;
  #isStale = true;
  #asking: Promise<void> | null = null;

  constructor({ url, serviceUrl = null, resolve = everyAddress, patienceMs = PATIENCE_MS }: ReplicasOptions) {
    const { hostname, port } = new URL(url);
    this.name = hostname.replace(/^\[|\]$/g, '');
    this.port = port === '' ? 80 : Number(port);
    this.#service = serviceUrl === null ? null : new URL(serviceUrl).hostname;
    this.#resolve = resolve;
    this.#patienceMs = patienceMs;
  }

  /** The addresses: first the one for this key, last those that failed recently. Empty if none is known. */
  async ranked(key: string): Promise<readonly string[]> {
    const order = rank(key, await this.#some());
    const avoided = (address: string): boolean => this.#isAvoided(address);
    return [...order.filter((address) => !avoided(address)), ...order.filter(avoided)];
  }

  #isAvoided(address: string): boolean {
    return (this.#avoidedUntil.get(address) ?? 0) > performance.now();
  }

  async #some(): Promise<readonly string[]> {
    const until = performance.now() + this.#patienceMs;
    for (;;) {
      const known = await this.all();
      if (known.length > 0 || performance.now() >= until) return known;
      await delay(RETRY_MS);
    }
  }

  /** Unordered. If the name can't be resolved for a while, known addresses stay valid. */
  async all(): Promise<readonly string[]> {
    const age = performance.now() - this.#knownAt;
    if (this.#isStale || age > FRESH_MS) {
      const asking = (this.#asking ??= this.#ask());
      if (age > USABLE_MS) await asking;
    }
    return this.#known;
  }

  /** Connects to the first of these that accepts; `engine_unavailable` if none does. */
  async connect(addresses: readonly string[], signal?: AbortSignal): Promise<Socket> {
    let cause: unknown = null;
    for (const host of this.#withService(addresses)) {
      signal?.throwIfAborted();
      try {
        const deadline = AbortSignal.timeout(CONNECT_MS);
        return await connectTcp({ host, port: this.port }, signal ? AbortSignal.any([signal, deadline]) : deadline);
      } catch (error) {
        signal?.throwIfAborted();
        cause = error;
        this.#failed(host);
      }
    }
    throw new DeskpodError('engine_unavailable', "The server behind this gateway doesn't respond.", {
      remedy: 'Try again in a moment.',
      cause,
    });
  }

  /** The service comes after the first address that hasn't failed recently: the others are just as old. */
  #withService([first, ...others]: readonly string[]): readonly string[] {
    if (this.#service === null || first === undefined) return first === undefined ? others : [first, ...others];
    return this.#isAvoided(first) ? [this.#service, first, ...others] : [first, this.#service, ...others];
  }

  #failed(address: string): void {
    if (address === this.#service) return;
    this.#avoidedUntil.set(address, performance.now() + AVOIDED_MS);
    this.#isStale = true;
  }

  async #ask(): Promise<void> {
    try {
      const found = await withDeadline(this.#resolve(this.name), AbortSignal.timeout(LOOKUP_MS));
      if (found.length > 0) {
        this.#known = [...new Set(found)];
        this.#knownAt = performance.now();
        this.#isStale = false;
      }
      for (const address of this.#avoidedUntil.keys())
        if (!this.#known.includes(address)) this.#avoidedUntil.delete(address);
    } catch (error) {
      ignore('a name without a ready replica does not resolve')(error);
    } finally {
      this.#asking = null;
    }
  }
}

/** Rendezvous hashing: a replica that leaves only moves its own users; a new one takes its share from all. */
export function rank(key: string, addresses: readonly string[]): string[] {
  const score = (address: string): string => createHash('sha256').update(`${key}\n${address}`).digest('hex');
  const scored = addresses.map((address) => ({ address, score: score(address) }));
  return scored.toSorted((a, b) => (a.score < b.score ? 1 : -1)).map(({ address }) => address);
}

async function everyAddress(name: string): Promise<readonly string[]> {
  return (await lookup(name, { all: true })).map(({ address }) => address);
}
