/** The demo users have no roles; two of them do in tests. */
const ROLES: Readonly<Record<string, Role>> = { leela: 'support', professor: 'admin' };

function withRole(identity: Identity | null): Identity | null {
  const role = ROLES[identity?.user.id ?? ''];
  if (identity === null || role === undefined) return identity;
  const { user } = identity;
  return { ...identity, user: { ...user, labels: [...user.labels, role], roles: [...user.roles, role] } };
}

/**
 * The demo directory, which verifies each correct password once per process, because hashing takes a quarter of a
 * second.
 */
import { createDirectory } from '#auth/directory.ts';
import type { Authenticator, Identity } from '#domain/ports/auth.ts';
import type { Store } from '#domain/ports/store.ts';
import type { Role } from '#protocol/user.ts';

const checked = new Map<string, Identity>();

export function demoDirectory(store: Pick<Store, 'users'>): Authenticator {
  const directory = createDirectory(store, { demo: true });
  return {
    ...directory,
    async authenticate(credentials, admits) {
      // Users of the store precede the demo users, so they change the result.
      if (credentials.isUnknownClient === true || (await store.users.list()).length > 0)
        return await directory.authenticate(credentials, admits);
      const key = JSON.stringify([credentials.name, credentials.password]);
      const known = checked.get(key);
      if (known) return admits?.(known.user.id) === false ? null : known;
      const identity = withRole(await directory.authenticate(credentials, admits));
      if (identity !== null) checked.set(key, identity);
      return identity;
    },
  };
}
