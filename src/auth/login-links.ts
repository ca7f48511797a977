/**
 * Links that log an administrator in without a password, once. The token is in the URL's fragment, which browsers don't
 * send (RFC 9110, section 4.2.5); this process keeps only its hash.
 */
import { createHash, randomBytes } from 'node:crypto';
import type { Identity } from '#domain/ports/auth.ts';
import type { LocalUser, Store } from '#domain/ports/store.ts';
import { LOGIN_FRAGMENT } from '#protocol/user.ts';
import { isAdministrator } from './local-users.ts';
import { identityOf, LOCAL_PROVIDER } from './people.ts';

export const LINK_MINUTES = 15;
const TOKEN_BYTES = 32;

interface Link {
  readonly hash: string;
  readonly userId: string;
  readonly until: number;
}

export class LoginLinks {
  readonly #store: Pick<Store, 'users'>;
  readonly #now: () => number;
  /** A new link replaces an older one. */
  #link: Link | null = null;

  constructor(store: Pick<Store, 'users'>, now: () => number = () => performance.now()) {
    this.#store = store;
    this.#now = now;
  }

  /** The end of the URL, for the administrator who was added first; null if there is none. */
  async issue(): Promise<string | null> {
    const [first] = (await this.#administrators()).toSorted((a, b) => a.createdAt.getTime() - b.createdAt.getTime());
    if (first === undefined) return null;
    const token = randomBytes(TOKEN_BYTES).toString('base64url');
    this.#link = { hash: hashOf(token), userId: first.id, until: this.#now() + LINK_MINUTES * 60_000 };
    return `${LOGIN_FRAGMENT}${token}`;
  }

  /** Null for a token that is wrong, was used or has expired, and if its user isn't an administrator any more or is disabled. */
  async use(token: string): Promise<Identity | null> {
    const link = this.#link;
    // Comparing hashes takes a time that doesn't depend on the token.
    if (link === null || link.hash !== hashOf(token)) return null;
    this.#link = null;
    if (this.#now() > link.until) return null;
    const user = (await this.#administrators()).find(({ id }) => id === link.userId);
    return user === undefined ? null : identityOf(user, LOCAL_PROVIDER);
  }

  async #administrators(): Promise<readonly LocalUser[]> {
    return (await this.#store.users.list()).filter(isAdministrator);
  }
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}
