/** Where people come from that log in with name and password: the store's own, the demo people, directories. */
import type { Identity } from '../domain/auth.ts';
import type { LocalUser } from '../domain/store.ts';
import { foldName } from './names.ts';
import { verifyPassword } from './passwords.ts';
import { rolesOf } from './roles.ts';

/** Who it is; `refused`: somebody here has that name, and it goes no further; `unknown`: nobody has. */
export type Proof = Identity | 'refused' | 'unknown';

export interface People {
  /**
   * Neither name nor password is empty. A refusal takes as long as one hash of the password, so that it can be told
   * neither from another one nor from an unknown name. Rejects when nobody can say: then nothing was learnt.
   */
  prove(name: string, password: string): Promise<Proof>;
  /** Whether a user of this id is among them. */
  owns(id: string): Promise<boolean>;
}

/** People of a list, by id or display name, without regard to case and accents. An id wins over a display name. */
export function listedPeople(list: () => Promise<readonly LocalUser[]>, provider: string): People {
  return {
    async prove(name, password) {
      const folded = foldName(name);
      const users = await list();
      const user =
        users.find(({ id }) => foldName(id) === folded) ?? users.find((each) => foldName(each.name) === folded);
      if (!user) return 'unknown';
      return (await verifyPassword(password, user.passwordHash)) ? identityOf(user, provider) : 'refused';
    },
    owns: async (id) => (await list()).some((user) => foldName(user.id) === foldName(id)),
  };
}

function identityOf({ id, name, labels, uid, gid }: LocalUser, provider: string): Identity {
  return {
    user: { id, name, provider, labels: [...labels], roles: rolesOf(labels) },
    account: { userId: id, displayName: name, provider, uid, gid },
  };
}
