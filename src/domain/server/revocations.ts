/** Sessions that ended before their tokens expire: stored, so that every server refuses them, and published at once. */
import { z } from 'zod';
import { ignore } from '#protocol/ignore.ts';
import { WhyEnded } from '#protocol/events.ts';
import { CachedAnswers } from './cached-answers.ts';
import type { Replicas } from './replicas.ts';
import type { Store } from '../ports/store.ts';

/** Clocks of servers differ a little. */
const MARGIN_MS = 3_600_000;

const SESSION_PREFIX = 'revoked-session:';
const USER_PREFIX = 'revoked-user:';

/** Older servers don't send `why`. */
const Revoked = z.object({ sessionId: z.string(), userId: z.string(), why: WhyEnded.default('left') });
export type Revoked = z.infer<typeof Revoked>;
/** Older servers don't send `before`. */
const RevokedUser = z.object({ revokedUser: z.string(), before: z.iso.datetime().optional() });

/** The user of a session and when they logged in. */
export interface Login {
  readonly userId: string;
  readonly since: Date;
}

export interface RevocationOptions {
  readonly store: Pick<Store, 'values'>;
  readonly replicas: Pick<Replicas, 'topic'>;
  /** No token of a session is valid for longer than this after its login. */
  readonly longestSessionSeconds: number;
}

export class Revocations {
  readonly #values: Store['values'];
  readonly #sessions;
  readonly #users;
  readonly #longestMs: number;
  readonly #answers = new CachedAnswers<boolean>();
  /** A revoked session never becomes valid again. */
  readonly #revoked = new Set<string>();

  constructor({ store, replicas, longestSessionSeconds }: RevocationOptions) {
    this.#values = store.values;
    this.#longestMs = longestSessionSeconds * 1000;
    this.#sessions = replicas.topic('session', Revoked);
    this.#users = replicas.topic('session', RevokedUser);
    this.onRevokedElsewhere(({ sessionId }) => this.#revoked.add(sessionId));
  }

  async revoke({ sessionId, userId, why }: Revoked, expiresAt: Date): Promise<void> {
    this.#revoked.add(sessionId);
    await this.#values.set(`${SESSION_PREFIX}${sessionId}`, expiresAt.toISOString());
    this.#sessions.publish({ sessionId, userId, why });
    this.prune().catch(ignore('housekeeping prunes them later'));
  }

  /** Another server ended a session: this one closes what it holds open of it. Returns a function that unsubscribes. */
  onRevokedElsewhere(listener: (revoked: Revoked) => void): () => void {
    return this.#sessions.subscribe(listener);
  }

  /** Refuses every session that the user has started until now, here and on every other server. Returns that time. */
  async revokeUser(userId: string): Promise<Date> {
    const before = new Date();
    await this.#values.set(`${USER_PREFIX}${userId}`, before.toISOString());
    this.#answers.forget();
    this.#users.publish({ revokedUser: userId, before: before.toISOString() });
    this.prune().catch(ignore('housekeeping prunes them later'));
    return before;
  }

  /** Another server refuses a user's sessions that started until then. */
  onUserRevokedElsewhere(listener: (userId: string, before: Date) => void): () => void {
    return this.#users.subscribe(({ revokedUser, before }) => {
      this.#answers.forget();
      listener(revokedUser, before === undefined ? new Date() : new Date(before));
    });
  }

  /** Messages of other servers may have been missed. */
  forget(): void {
    this.#answers.forget();
  }

  /**
   * Removes the records that no valid token needs; returns how many. A session may have newer tokens than the one that it
   * was left with, so its record stays as long as the longest session lasts.
   */
  async prune(now = new Date()): Promise<number> {
    const before = new Date(now.getTime() - this.#longestMs - MARGIN_MS);
    const removed = [SESSION_PREFIX, USER_PREFIX].map((prefix) => this.#values.prune(prefix, before));
    return (await Promise.all(removed)).reduce((sum, count) => sum + count, 0);
  }

  /** Null instead of the login: a ticket of an older server, which doesn't contain it. Then revoked users aren't checked. */
  async isRevoked(sessionId: string, login: Login | null): Promise<boolean> {
    if (this.#revoked.has(sessionId)) return true;
    const key = login === null ? `${sessionId} without its login` : sessionId;
    const revoked = await this.#answers.get(key, () => this.#ask(sessionId, login));
    if (revoked) this.#revoked.add(sessionId);
    return revoked;
  }

  async #ask(sessionId: string, login: Login | null): Promise<boolean> {
    const [ended, before] = await Promise.all([
      this.#values.get(`${SESSION_PREFIX}${sessionId}`),
      login === null ? null : this.#values.get(`${USER_PREFIX}${login.userId}`),
    ]);
    return ended !== null || (before !== null && login !== null && Date.parse(before) >= login.since.getTime());
  }
}
