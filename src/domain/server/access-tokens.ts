/**
 * Personal access tokens. Only a hash of each is stored: they are random, so a fast hash is enough. They end when they
 * expire, when they are revoked, and whenever all sessions of their user are ended ({@link SessionEnds.endUser}).
 */
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { MOST_ACCESS_TOKENS } from '#protocol/access-token.ts';
import type { User } from '#protocol/user.ts';
import { DeskpodError } from '../errors.ts';
import type { Identity, SessionClaims } from '../ports/auth.ts';
import { isGuest } from '../ports/engine.ts';
import type { Store, StoredAccessToken } from '../ports/store.ts';
import { sameText } from '../same-text.ts';
import type { SessionEnds } from './session-ends.ts';

/** So that people and programs that look for secrets recognise one. */
const PREFIX = 'deskpod_';
const SECRET_BYTES = 24;
const DAY_MS = 86_400_000;
/** Its last use is stored no more often. */
const USED_EVERY_MS = 60_000;
/** A gateway asks again long before. */
const SESSION_MS = 3_600_000;

export interface AccessTokensDeps {
  readonly store: Pick<Store, 'accessTokens'>;
  /** The user as they are now; null if they were removed or disabled. */
  readonly users: { current(user: User): Promise<User | null> };
  readonly sessionEnds: Pick<SessionEnds, 'end'>;
  readonly now?: () => Date;
}

export class AccessTokens {
  readonly #deps: AccessTokensDeps;
  readonly #now: () => Date;

  constructor(deps: AccessTokensDeps) {
    this.#deps = deps;
    this.#now = deps.now ?? (() => new Date());
  }

  /** Newest first, without those that have expired. */
  async list(userId: string): Promise<readonly StoredAccessToken[]> {
    const now = this.#now();
    return (await this.#deps.store.accessTokens.list(userId)).filter((token) => !hasExpired(token, now));
  }

  /** `login`: the name with which the user logs in to their directory. Fails with `limit_reached`, `forbidden` for guests. */
  async make(
    { user, account }: Identity,
    { name, days, login }: { readonly name: string; readonly days: number | null; readonly login: string | null },
  ): Promise<{ readonly token: string; readonly stored: StoredAccessToken }> {
    if (isGuest(account))
      throw new DeskpodError('forbidden', 'Guests can’t make access tokens: their files end with their desktop.');
    const token = `${PREFIX}${randomBytes(SECRET_BYTES).toString('base64url')}`;
    const createdAt = this.#now();
    const stored: StoredAccessToken = {
      id: randomUUID(),
      userId: user.id,
      name,
      hash: hashOf(token),
      identity: { user, account },
      login,
      createdAt,
      usedAt: null,
      expiresAt: days === null ? null : new Date(createdAt.getTime() + days * DAY_MS),
    };
    await this.#deps.store.accessTokens.add(stored, MOST_ACCESS_TOKENS);
    return { token, stored };
  }

  /** Ends what is open with it. Fails with `not_found`. */
  async revoke(userId: string, id: string): Promise<void> {
    if (!(await this.#deps.store.accessTokens.remove(userId, id)))
      throw new DeskpodError('not_found', 'You have no access token with this ID.');
    const session = { sessionId: sessionOf(id), userId, why: 'revoked' as const };
    await this.#deps.sessionEnds.end(session, new Date(this.#now().getTime() + SESSION_MS));
  }

  /** The session for which the token stands, for its user's files; null if it isn't one of this user's. */
  async verify(userId: string, token: string): Promise<SessionClaims | null> {
    const hash = hashOf(token);
    const all = await this.list(userId);
    // All of them are compared, whichever matches.
    const [found] = all.filter((each) => sameText(each.hash, hash));
    if (found === undefined) return null;
    const user = await this.#deps.users.current(found.identity.user);
    if (user === null) return null;
    const now = this.#now();
    if (found.usedAt === null || now.getTime() - found.usedAt.getTime() >= USED_EVERY_MS)
      await this.#deps.store.accessTokens.used(found.id, now);
    const until = Math.min(now.getTime() + SESSION_MS, found.expiresAt?.getTime() ?? Number.POSITIVE_INFINITY);
    return {
      sessionId: sessionOf(found.id),
      user,
      account: found.identity.account,
      expiresAt: new Date(until),
      since: found.createdAt,
    };
  }
}

/** What is open with a token belongs to a session of its own. */
function sessionOf(id: string): string {
  return `token-${id}`;
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}

function hasExpired({ expiresAt }: StoredAccessToken, now: Date): boolean {
  return expiresAt !== null && expiresAt <= now;
}
