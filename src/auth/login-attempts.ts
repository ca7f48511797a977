/**
 * Slows down password guessing. Failed logins are counted per name and per address: first, responses are delayed, then
 * attempts are refused for a time that doubles. Failures are also counted per account. Once an account is locked, logins
 * under its other names get the answer to a wrong password: a refusal would reveal that the names belong to one account.
 * Pending attempts count as failed until they succeed, so parallel attempts gain nothing.
 */
import { foldName } from './names.ts';
import { neighbourhood } from '#domain/server/neighbourhood.ts';

export interface AttemptsOptions {
  /** Failures of one name before attempts are refused; of one address it takes four times as many. */
  readonly failures: number;
  /** Longest refusal of an address, in seconds. A name is refused for at most a minute: others must not lock its owner out. */
  readonly longestSeconds: number;
  /** Addresses that are never refused, for example a proxy of many users. */
  readonly isProtected: (address: string) => boolean;
  /** Milliseconds since any fixed time. */
  readonly now: () => number;
}

export type AttemptVerdict =
  | { readonly verdict: 'go'; /** Wait this long before checking the password. */ readonly delayMs: number }
  | { readonly verdict: 'refused'; /** For `Retry-After`; at least 1. */ readonly retryAfterSeconds: number };

export interface LoginAttempts {
  /** Call before checking the password; the name is empty for guests. The attempt counts as failed until `succeeded`. */
  begin(address: string, name: string): AttemptVerdict;
  /** The account of the name, once it is known. False: too many attempts under all its names; answer as to a wrong password. */
  found(name: string, userId: string): boolean;
  /** Resets the counts of name and account; the address only gets this one attempt back. */
  succeeded(address: string, name: string, userId?: string): void;
  /** The password couldn't be checked: name, account and address get this attempt back. */
  undecided(address: string, name: string, userId?: string): void;
}

/** Typing errors happen: this many failures have no effect, however low the limit is. */
const FREE = 3;
const SLOW_STEPS = 5;
const FIRST_DELAY_MS = 250;
const LONGEST_DELAY_MS = 4000;
const FIRST_REFUSAL_SECONDS = 5;
const LONGEST_NAME_REFUSAL_SECONDS = 60;
const FORGET_MS = 30 * 60_000;
/** Keys to remember of each kind; the least recently used ones are dropped first. */
const MOST_KEYS = 10_000;

const DEFAULTS: AttemptsOptions = {
  failures: 8,
  longestSeconds: 900,
  isProtected: () => false,
  now: () => performance.now(),
};

export function createAttempts(options: Partial<AttemptsOptions> = {}): LoginAttempts {
  const { failures, longestSeconds, isProtected, now } = { ...DEFAULTS, ...options };
  const names = new Failures(failures, Math.min(LONGEST_NAME_REFUSAL_SECONDS, longestSeconds));
  const accounts = new Failures(failures, Math.min(LONGEST_NAME_REFUSAL_SECONDS, longestSeconds));
  const addresses = new Failures(failures * 4, longestSeconds);

  return {
    begin(address, name) {
      const at = now();
      const byAddress = isProtected(address) ? null : addresses.of(neighbourhood(address), at);
      // A refused address doesn't count for the name: it could push other names out of memory.
      const addressWaitMs = byAddress?.refusedForMs(at) ?? 0;
      if (addressWaitMs > 0) return refused(addressWaitMs);
      // Guests have no name to guess a password for.
      const byName = name === '' ? null : names.of(foldName(name), at);
      const nameWaitMs = byName?.refusedForMs(at) ?? 0;
      if (nameWaitMs > 0) return refused(nameWaitMs);
      const delayMs = Math.max(byName?.delayMs() ?? 0, byAddress?.delayMs() ?? 0);
      byName?.failed(at);
      byAddress?.failed(at);
      return { verdict: 'go', delayMs };
    },
    found(name, userId) {
      const at = now();
      const account = accounts.of(userId, at);
      if (account.refusedForMs(at) > 0) return false;
      // As of `begin`: who waits as long as their only name is refused isn't refused by the account after that.
      account.failed(names.of(foldName(name), at).lastAt);
      return true;
    },
    succeeded(address, name, userId) {
      names.forget(foldName(name));
      if (userId !== undefined) accounts.forget(userId);
      if (!isProtected(address)) addresses.of(neighbourhood(address), now()).takeBack();
    },
    undecided(address, name, userId) {
      if (name !== '') names.of(foldName(name), now()).takeBack();
      if (userId !== undefined) accounts.of(userId, now()).takeBack();
      if (!isProtected(address)) addresses.of(neighbourhood(address), now()).takeBack();
    },
  };
}

function refused(waitMs: number): AttemptVerdict {
  return { verdict: 'refused', retryAfterSeconds: Math.ceil(waitMs / 1000) };
}

/** Counters by key, in the order of their last use. */
class Failures {
  readonly #counters = new Map<string, Counter>();
  readonly #limit: number;
  readonly #longestMs: number;

  constructor(limit: number, longestSeconds: number) {
    this.#limit = limit;
    this.#longestMs = longestSeconds * 1000;
  }

  of(key: string, at: number): Counter {
    const known = this.#counters.get(key);
    const counter = known && !known.isOld(at) ? known : new Counter(this.#limit, this.#longestMs, at);
    this.#counters.delete(key);
    this.#counters.set(key, counter);
    if (this.#counters.size > MOST_KEYS) {
      const [longestUnused] = this.#counters.keys();
      if (longestUnused !== undefined) this.#counters.delete(longestUnused);
    }
    return counter;
  }

  forget(key: string): void {
    this.#counters.delete(key);
  }
}

class Counter {
  #failures = 0;
  /** Of the last failure; of the first attempt while there is none. */
  #lastAt: number;
  readonly #limit: number;
  readonly #longestMs: number;

  constructor(limit: number, longestMs: number, at: number) {
    this.#limit = limit;
    this.#longestMs = longestMs;
    this.#lastAt = at;
  }

  failed(at: number): void {
    this.#failures += 1;
    this.#lastAt = at;
  }

  takeBack(): void {
    this.#failures = Math.max(0, this.#failures - 1);
  }

  get lastAt(): number {
    return this.#lastAt;
  }

  isOld(at: number): boolean {
    return this.#failures > 0 && at - this.#lastAt > Math.max(FORGET_MS, this.#longestMs);
  }

  delayMs(): number {
    // Only the last few failures before the limit are delayed: a whole office may share an address.
    const free = Math.max(FREE, this.#limit - SLOW_STEPS);
    const slow = this.#failures - free;
    return slow < 0 ? 0 : Math.min(FIRST_DELAY_MS * 2 ** slow, LONGEST_DELAY_MS);
  }

  refusedForMs(at: number): number {
    const beyond = this.#failures - this.#limit;
    if (beyond < 0) return 0;
    const refusal = Math.min(FIRST_REFUSAL_SECONDS * 1000 * 2 ** Math.min(beyond, 20), this.#longestMs);
    return Math.max(0, this.#lastAt + refusal - at);
  }
}
