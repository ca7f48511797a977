/** Logging in as nobody in particular: each guest is a user of their own, gone with the session. */
import { randomUUID } from 'node:crypto';
import type { Authenticator } from '../domain/auth.ts';
import type { Store } from '../domain/store.ts';
import { rolesOf } from './roles.ts';

export function createAnonymous(store: Pick<Store, 'accounts'>): Authenticator {
  return {
    id: 'anonymous',
    name: 'Anonymous',
    async authenticate() {
      const id = randomUUID();
      const uid = await store.accounts.uidOf(id);
      return {
        user: { id, name: 'Guest', provider: 'anonymous', labels: ['user'], roles: rolesOf([]) },
        account: { userId: id, displayName: 'Guest', provider: 'anonymous', uid, gid: uid },
      };
    },
  };
}
