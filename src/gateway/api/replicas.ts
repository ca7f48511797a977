/**
 * The replicas of the api role behind one name, and in which order a user meets them: always the same one first, so that
 * what it keeps in memory for them is used.
 */
import { createHash } from 'node:crypto';
import { lookup } from 'node:dns/promises';
import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { DeskpodError } from '#domain/errors.ts';
import { connectTcp } from '../screen-connect.ts';

/** Names are asked for again after this long, and at once after a failure. */
const FRESH_MS = 1_000;
/** While they are asked for, what was known so long ago goes on counting. */
const USABLE_MS = 10_000;
const LOOKUP_MS = 2_000;
/** One that answers nothing for so long is taken for dead; on a network of its own it answers in a millisecond. */
const CONNECT_MS = 1_500;
/** One that failed is asked last for so long. */
const AVOIDED_MS = 5_000;
const PATIENCE_MS = 6_000;
const RETRY_MS = 250;

export interface ReplicasOptions {
  /** For example `http://api-replicas:8000`. */
  readonly url: string;
  /**
   * One address for all of them, behind which the network finds one that is ready: it knows of comings and goings before
   * names do. For example `http://api:8000`; null where there is none.
   */
  readonly serviceUrl?: string | null;
  /** All addresses of a name; the system's resolver when left out. */
  readonly resolve?: (name: string) => Promise<readonly string[]>;
  /** How long a request waits for a first address: the cluster's DNS is seconds behind its pods. */
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

  /** The addresses, the one that belongs to this key first, those that failed just now last. Empty when none is known. */
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

  /** In no order. When the name cannot be resolved for a while, those that were known go on counting. */
  async all(): Promise<readonly string[]> {
    const age = performance.now() - this.#knownAt;
    if (this.#isStale || age > FRESH_MS) {
      const asking = (this.#asking ??= this.#ask());
      if (age > USABLE_MS) await asking;
    }
    return this.#known;
  }

  /** Connects to the first of these that takes the connection; `engine_unavailable` when none does. */
  async connect(addresses: readonly string[], signal?: AbortSignal): Promise<Socket> {
    let cause: unknown = null;
    for (const host of this.#withService(addresses)) {
      signal?.throwIfAborted();
      try {
        const late = AbortSignal.timeout(CONNECT_MS);
        return await connectTcp({ host, port: this.port }, signal ? AbortSignal.any([signal, late]) : late);
      } catch (error) {
        signal?.throwIfAborted();
        cause = error;
        this.#failed(host);
      }
    }
    throw new DeskpodError('engine_unavailable', 'The server behind this gateway does not answer.', {
      remedy: 'Try again in a moment.',
      cause,
    });
  }

  /** After the first that has not failed just now: the others' addresses are as old as its own. */
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
      const found = await within(LOOKUP_MS, this.#resolve(this.name));
      if (found.length > 0) {
        this.#known = [...new Set(found)];
        this.#knownAt = performance.now();
        this.#isStale = false;
      }
      for (const address of this.#avoidedUntil.keys())
        if (!this.#known.includes(address)) this.#avoidedUntil.delete(address);
    } catch {
      // A name without a ready replica does not resolve at all.
    } finally {
      this.#asking = null;
    }
  }
}

/** Rendezvous hashing: when one goes, only its own users move; when one comes, it takes its share from all. */
export function rank(key: string, addresses: readonly string[]): string[] {
  const score = (address: string): string => createHash('sha256').update(`${key}\n${address}`).digest('hex');
  const scored = addresses.map((address) => ({ address, score: score(address) }));
  return scored.toSorted((a, b) => (a.score < b.score ? 1 : -1)).map(({ address }) => address);
}

async function everyAddress(name: string): Promise<readonly string[]> {
  return (await lookup(name, { all: true })).map(({ address }) => address);
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms);
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
