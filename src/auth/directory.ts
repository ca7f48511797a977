/** Logging in with name and password: the store's own users and, where wanted, the demo people. */
import type { Authenticator, Identity } from '../domain/auth.ts';
import type { LocalUser, Store } from '../domain/store.ts';
import { DEMO_PEOPLE } from './demo-directory.ts';
import { foldName } from './names.ts';
import { verifyNothing, verifyPassword } from './passwords.ts';
import { rolesOf } from './roles.ts';

/** Accepts id or display name, without regard to case and accents. */
export function createDirectory(store: Pick<Store, 'users'>, { demo }: { demo: boolean }): Authenticator {
  return {
    id: 'directory',
    name: demo ? 'Demo directory' : 'Directory',
    async authenticate({ name, password }) {
      const entry = await find(store, demo, foldName(name));
      // Exactly one hash is computed either way: the time tells nobody which names exist.
      if (!entry) {
        await verifyNothing(password);
        return null;
      }
      return (await verifyPassword(password, entry.user.passwordHash)) ? identityOf(entry) : null;
    },
  };
}

interface Entry {
  readonly user: LocalUser;
  readonly provider: 'local' | 'planet';
}

/** An id wins over a display name, the store's users over the demo people. */
async function find(store: Pick<Store, 'users'>, demo: boolean, folded: string): Promise<Entry | null> {
  if (folded === '') return null;
  const local = (await store.users.list()).map((user): Entry => ({ user, provider: 'local' }));
  const people = demo ? DEMO_PEOPLE.map((user): Entry => ({ user, provider: 'planet' })) : [];
  const entries = [...local, ...people.filter(({ user }) => !local.some((own) => own.user.id === user.id))];
  return (
    entries.find(({ user }) => foldName(user.id) === folded) ??
    entries.find(({ user }) => foldName(user.name) === folded) ??
    null
  );
}

function identityOf({ user, provider }: Entry): Identity {
  const { id, name, uid, gid } = user;
  return {
    user: { id, name, provider, labels: [...user.labels], roles: rolesOf(user.labels) },
    account: { userId: id, displayName: name, provider, uid, gid },
  };
}
