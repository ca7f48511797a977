/** Whose request it is, so that all of one user's meet the same replica: the user of the session, else the client's address. */
import type { IncomingHttpHeaders } from 'node:http';
import { parse } from 'node:querystring';
import type { UserTokens } from '#domain/auth.ts';
import { SESSION_COOKIE } from '#protocol/user.ts';

const REMEMBERED = 2_000;

export interface Caller {
  /** Null without a session that is ours. Whether it still stands is the api's to say. */
  readonly userId: string | null;
  /** What the replica is chosen by. */
  readonly key: string;
}

export class Affinity {
  readonly #tokens: Pick<UserTokens, 'verify'>;
  readonly #users = new Map<string, Promise<string | null>>();

  constructor(tokens: Pick<UserTokens, 'verify'>) {
    this.#tokens = tokens;
  }

  async callerOf(headers: IncomingHttpHeaders): Promise<Caller> {
    const token = tokenOf(headers);
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

function tokenOf(headers: IncomingHttpHeaders): string | null {
  const bearer = /^Bearer (.+)$/i.exec(headers.authorization ?? '')?.[1];
  const cookie = parse(headers.cookie ?? '', '; ')[SESSION_COOKIE];
  return bearer ?? (typeof cookie === 'string' ? cookie : null);
}
