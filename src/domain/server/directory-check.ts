/** Ends the sessions and access tokens of users whom their directory no longer knows. A directory that doesn't answer ends none. */
import type { Authenticator } from '../ports/auth.ts';
import type { LoginEntry, Store } from '../ports/store.ts';

export interface DirectoryCheckOptions {
  readonly store: Pick<Store, 'logins' | 'accessTokens'>;
  readonly authenticators: readonly Pick<Authenticator, 'checker'>[];
  readonly endUser: (userId: string) => Promise<void>;
  readonly gone: (userId: string, provider: string) => void;
  readonly failed: (what: string, error: unknown) => void;
}

/** A user of one directory, and the names with which they logged in. */
interface Checked {
  readonly userId: string;
  readonly provider: string;
  readonly logins: Set<string>;
}

/** Resolves when each user with an open session or an access token was checked. */
export async function checkDirectories(options: DirectoryCheckOptions): Promise<void> {
  const unreachable = new Set<string>();
  const { logins, accessTokens } = options.store;
  const [open, tokens] = await Promise.all([logins.open(new Date()), accessTokens.owners()]);
  for (const user of usersOf([...open, ...tokens])) {
    const { userId, provider } = user;
    if (unreachable.has(provider)) continue;
    try {
      if (await isKnown(user, options.authenticators)) continue;
    } catch (error) {
      unreachable.add(provider);
      options.failed(`checking the users of the directory ${provider}; their sessions go on`, error);
      continue;
    }
    await options.endUser(userId);
    options.gone(userId, provider);
  }
}

function usersOf(open: readonly Pick<LoginEntry, 'userId' | 'provider' | 'login'>[]): Iterable<Checked> {
  const users = new Map<string, Checked>();
  for (const { userId, provider, login } of open) {
    if (provider === null || login === null) continue;
    const key = JSON.stringify([userId, provider]);
    const known = users.get(key) ?? { userId, provider, logins: new Set() };
    known.logins.add(login);
    users.set(key, known);
  }
  return users.values();
}

/** By any of the names: one of them may have changed. */
async function isKnown(
  { userId, provider, logins }: Checked,
  authenticators: DirectoryCheckOptions['authenticators'],
): Promise<boolean> {
  const knows = authenticators.flatMap(({ checker }) => checker?.(provider) ?? [])[0];
  if (knows === undefined) return true;
  for (const login of logins) if (await knows(login, userId)) return true;
  return false;
}
