/** Identifies the caller, so that a user's requests reach the same replica: by the session's user, otherwise by address. */
import type { IncomingHttpHeaders } from 'node:http';
import type { UserTokens } from '#domain/ports/auth.ts';
import { sessionToken } from '#domain/server/session-token.ts';

const REMEMBERED = 2_000;

export interface Caller {
  /** Null without a session of this installation. Only the API knows whether it is still valid. */
  readonly userId: string | null;
  /** Determines the replica. */
  readonly key: string;
}

export class Affinity {
  readonly #tokens: Pick<UserTokens, 'verify'>;
  readonly #cookie: string;
  readonly #users = new Map<string, Promise<string | null>>();

  /** `cookie` is the name of this installation's session cookie. */
  constructor(tokens: Pick<UserTokens, 'verify'>, cookie: string) {
    this.#tokens = tokens;
    this.#cookie = cookie;
  }

  async callerOf(headers: IncomingHttpHeaders): Promise<Caller> {
    const token = sessionToken(headers, this.#cookie);
    const userId = token === null ? null : await this.#userOf(token);
    return { userId, key: userId === null ? `address ${String(headers['x-forwarded-for'])}` : `user ${userId}` };
  }

  #userOf(token: string): Promise<string | null> {
    const known = this.#users.get(token);
    if (known) return known;
    const user = this.#tokens.verify(token).then((claims) => claims?.user.id ?? null);
    if (this.#users.size >= REMEMBERED) this.#users.clear();
    this.#users.set(token, user);
    return user;
  }
}
