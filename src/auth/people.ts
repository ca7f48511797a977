/** Sources of users who log in with name and password: local users, demo users, directories. */
import type { Admits, Checker, Identity } from '#domain/ports/auth.ts';
import type { LocalUser } from '#domain/ports/store.ts';
import { foldName } from './names.ts';
import { verifyNothing, verifyPassword } from './passwords.ts';
import { rolesOf } from './roles.ts';

/** The user; `refused`: the name is known here, and no other source is checked; `unknown`: the name isn't known here. */
export type Proof = Identity | 'refused' | 'unknown';

/** Users of the store. */
export const LOCAL_PROVIDER = 'local';

export interface People {
  /** The `provider` of its users. */
  readonly provider: string;
  /**
   * Neither name nor password is empty. A refusal takes as long as one hash of the password, so that the time doesn't
   * reveal its reason. Rejects if the source can't tell.
   */
  prove(name: string, password: string, admits?: Admits): Promise<Proof>;
  /** Whether this source has a user with this id. */
  owns(id: string): Promise<boolean>;
  /** Missing if users can't disappear without the server knowing. */
  readonly check?: Checker;
}

/** Users of a list, by id or display name, ignoring case and accents. An id takes precedence over a display name. */
export function listedPeople(list: () => Promise<readonly LocalUser[]>, provider: string): People {
  return {
    provider,
    async prove(name, password, admits = () => true) {
      const folded = foldName(name);
      const users = await list();
      const user =
        users.find(({ id }) => foldName(id) === folded) ?? users.find((each) => foldName(each.name) === folded);
      if (!user) return 'unknown';
      if (!admits(user.id)) {
        await verifyNothing(password);
        return 'refused';
      }
      // The password of a disabled user is checked, too: the answer and its time are those of a wrong password.
      const matches = await verifyPassword(password, user.passwordHash);
      return matches && !user.disabled ? identityOf(user, provider) : 'refused';
    },
    owns: async (id) => (await list()).some((user) => foldName(user.id) === foldName(id)),
  };
}

export function identityOf({ id, name, labels, uid, gid }: LocalUser, provider: string): Identity {
  return {
    user: { id, name, provider, labels: [...labels], roles: rolesOf(labels) },
    account: { userId: id, displayName: name, provider, uid, gid },
  };
}
