/** Limits the terminals, event streams and screens that each user has open at the same time at this server. */
import { DeskpodError } from '../errors.ts';
import { RateLimit } from './rate-limit.ts';

export const CONNECTION_KINDS = ['terminals', 'streams', 'screens'] as const;
export type ConnectionKind = (typeof CONNECTION_KINDS)[number];

export interface ConnectionLimits extends Readonly<Record<ConnectionKind, number>> {
  /** How many terminals and screens one user can open per minute. */
  readonly upgradesPerMinute: number;
}

type Counts = Record<ConnectionKind, number>;

const NAMES: Readonly<Record<ConnectionKind, string>> = {
  terminals: 'terminals',
  streams: 'event streams (pages of Deskpod, logs and commands that follow something)',
  screens: 'screens',
};

export class OpenConnections {
  readonly limits: ConnectionLimits;
  readonly #counts = new Map<string, Counts>();
  readonly #upgrades: RateLimit;

  /** `now` returns milliseconds since any fixed time. */
  constructor(limits: ConnectionLimits, now?: () => number) {
    this.limits = limits;
    this.#upgrades = new RateLimit(limits.upgradesPerMinute, now);
  }

  /**
   * Counts a connection until the returned function is called. Throws `too_many_open` if the user has as many as the limit,
   * `too_many_attempts` if they open them too fast.
   */
  open(userId: string, kind: ConnectionKind): () => void {
    const wait = kind === 'streams' ? null : this.#upgrades.take(userId);
    if (wait !== null) throw tooFast('You open screens and terminals', this.limits.upgradesPerMinute, wait);
    const counts = this.#counts.get(userId) ?? { terminals: 0, streams: 0, screens: 0 };
    if (counts[kind] >= this.limits[kind])
      throw new DeskpodError(
        'too_many_open',
        `You have ${counts[kind]} ${NAMES[kind]} open, the most that you can have.`,
        {
          remedy: `Close one that you don’t need. An administrator can raise the setting limits.${kind}.`,
        },
      );
    counts[kind] += 1;
    this.#counts.set(userId, counts);
    let isOpen = true;
    return () => {
      if (!isOpen) return;
      isOpen = false;
      counts[kind] -= 1;
      if (CONNECTION_KINDS.every((each) => counts[each] === 0)) this.#counts.delete(userId);
    };
  }

  /** Those who have something open. */
  users(): string[] {
    return [...this.#counts.keys()];
  }

  of(userId: string): Readonly<Counts> {
    return { terminals: 0, streams: 0, screens: 0, ...this.#counts.get(userId) };
  }
}

/** `who` is a clause, for example `You open screens`. */
export function tooFast(who: string, perMinute: number, waitSeconds: number): DeskpodError {
  return new DeskpodError('too_many_attempts', `${who} too fast: more than ${perMinute} per minute.`, {
    remedy: `Try again in ${waitSeconds} s. An administrator can raise the setting limits.upgradesPerMinute.`,
  });
}
