/** Logging in with name and password: the store's own users first, then directories, last, where wanted, the demo people. */
import type { Authenticator } from '../domain/auth.ts';
import type { Store } from '../domain/store.ts';
import { DEMO_PEOPLE } from './demo-directory.ts';
import { foldName } from './names.ts';
import { verifyNothing } from './passwords.ts';
import { listedPeople, type People } from './people.ts';

export interface DirectoryOptions {
  readonly demo: boolean;
  /** Directories elsewhere, in the order in which they are asked. */
  readonly sources?: readonly (People & { readonly displayName: string })[];
  /** Told to the administrator. */
  readonly warn?: (text: string) => void;
}

/** Accepts id or display name, without regard to case. */
export function createDirectory(
  store: Pick<Store, 'users'>,
  { demo, sources = [], warn = () => {} }: DirectoryOptions,
): Authenticator {
  const people: readonly People[] = [
    listedPeople(() => store.users.list(), 'local'),
    ...sources,
    ...(demo ? [listedPeople(async () => DEMO_PEOPLE, 'planet')] : []),
  ];
  const names = [...sources.map(({ displayName }) => displayName), ...(demo ? ['Demo directory'] : [])];

  /** Two directories may know two people by one id; homes and desktops go by it, so the first has it. */
  async function isTaken(id: string, before: number): Promise<boolean> {
    for (const earlier of people.slice(0, before)) if (await earlier.owns(id)) return true;
    return false;
  }

  return {
    id: 'directory',
    name: names.join(', ') || 'Directory',
    async authenticate({ name, password }) {
      // An empty password opens many a directory: it is a login without one, which always succeeds (RFC 4513, 5.1.2).
      const complete = foldName(name) !== '' && password !== '';
      for (const [index, each] of complete ? people.entries() : []) {
        const proof = await each.prove(name, password);
        if (proof === 'unknown') continue;
        if (proof === 'refused') return null;
        if (!(await isTaken(proof.user.id, index))) return proof;
        warn(`${proof.user.name} of ${proof.user.provider} cannot log in: the id ${proof.user.id} belongs to another`);
        return null;
      }
      // One hash is computed whoever was asked for: the time tells nobody which names exist.
      await verifyNothing(password);
      return null;
    },
  };
}
