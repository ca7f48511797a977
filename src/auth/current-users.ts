/** The user of a token as the store has them now: a token may be older than a change of roles, or than the removal. */
import type { Store } from '#domain/ports/store.ts';
import { CachedAnswers } from '#domain/server/cached-answers.ts';
import type { User } from '#protocol/user.ts';
import { LOCAL_PROVIDER } from './people.ts';
import { rolesOf } from './roles.ts';

/** Null for a local user who was removed. Users of directories are as their token says. */
export function currentUsers(store: Pick<Store, 'users'>): (user: User) => Promise<User | null> {
  const answers = new CachedAnswers<readonly string[] | null>();
  return async (user) => {
    if (user.provider !== LOCAL_PROVIDER) return user;
    const labels = await answers.get(user.id, async () => (await store.users.find(user.id))?.labels ?? null);
    return labels && { ...user, labels: [...labels], roles: rolesOf(labels) };
  };
}
