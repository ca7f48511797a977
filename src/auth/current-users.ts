/**
 * The user of a token as the store has them now: a token may be older than a change of roles, or than the end of the
 * account.
 */
import type { LocalUser, Store } from '#domain/ports/store.ts';
import { CachedAnswers } from '#domain/server/cached-answers.ts';
import type { User } from '#protocol/user.ts';
import { LOCAL_PROVIDER } from './people.ts';
import { rolesOf } from './roles.ts';

export interface CurrentUsers {
  /** Null for a local user who was removed or disabled. Users of directories are as their token says. */
  get(user: User): Promise<User | null>;
  /** The next question goes to the store. */
  forget(): void;
}

export function currentUsers(store: Pick<Store, 'users'>): CurrentUsers {
  const answers = new CachedAnswers<readonly string[] | null>();
  return {
    async get(user) {
      if (user.provider !== LOCAL_PROVIDER) return user;
      const labels = await answers.get(user.id, async () => labelsOf(await store.users.find(user.id)));
      return labels && { ...user, labels: [...labels], roles: rolesOf(labels) };
    },
    forget: () => answers.forget(),
  };
}

function labelsOf(user: LocalUser | null): readonly string[] | null {
  return user === null || user.disabled ? null : user.labels;
}
