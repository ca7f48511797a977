/** Guest logins: each guest is a separate user who exists as long as the session. */
import { randomUUID } from 'node:crypto';
import type { Authenticator } from '#domain/ports/auth.ts';
import type { Store } from '#domain/ports/store.ts';
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
