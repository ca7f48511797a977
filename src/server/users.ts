/** Local users as administrators manage them: what changes a user's rights ends the sessions that have the old ones. */
import { currentUsers } from '#auth/current-users.ts';
import {
  addUser,
  listUsers,
  removeUser,
  setUserDisabled,
  setUserPassword,
  setUserRoles,
  type UserSummary,
} from '#auth/local-users.ts';
import type { Store } from '#domain/ports/store.ts';
import type { SessionEnds } from '#domain/server/session-ends.ts';
import type { LocalUsers } from '#http/context.ts';

export function localUsers(
  store: Pick<Store, 'users' | 'accounts'>,
  sessionEnds: Pick<SessionEnds, 'endUser' | 'revocations'>,
): LocalUsers {
  const current = currentUsers(store);
  // A login that was under way when its user was disabled has a newer session than those that end.
  sessionEnds.revocations.onUserRevokedElsewhere(() => current.forget());
  const changed = async ({ id }: UserSummary): Promise<void> => {
    current.forget();
    await sessionEnds.endUser(id);
  };
  return {
    list: () => listUsers(store),
    add: (user) => addUser(store, user),
    setPassword: async (id, password) => changed(await setUserPassword(store, id, password)),
    setRoles: async (id, roles) => changed(await setUserRoles(store, id, roles)),
    disable: async (id) => changed(await setUserDisabled(store, id, true)),
    async enable(id) {
      await setUserDisabled(store, id, false);
      current.forget();
    },
    remove: async (id) => changed(await removeUser(store, id)),
    current: (user) => current.get(user),
  };
}
