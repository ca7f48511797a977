/** Logins with name and password: local users first, then directories, finally the demo users if enabled. */
import type { Authenticator } from '#domain/ports/auth.ts';
import type { Store } from '#domain/ports/store.ts';
import { DEMO_PEOPLE } from './demo-directory.ts';
import { foldName } from './names.ts';
import { verifyNothing } from './passwords.ts';
import { listedPeople, LOCAL_PROVIDER, type People } from './people.ts';

export interface DirectoryOptions {
  readonly demo: boolean;
  /** External directories, in the order in which they are checked. */
  readonly sources?: readonly (People & { readonly displayName: string })[];
  /** For the log. */
  readonly warn?: (text: string) => void;
}

/** Accepts an id or a display name, ignoring case. */
export function createDirectory(
  store: Pick<Store, 'users'>,
  { demo, sources = [], warn = () => {} }: DirectoryOptions,
): Authenticator {
  const known: readonly People[] = [listedPeople(() => store.users.list(), LOCAL_PROVIDER), ...sources];
  const people = demo ? [...known, listedPeople(async () => DEMO_PEOPLE, 'planet')] : known;
  const names = [...sources.map(({ displayName }) => displayName), ...(demo ? ['Demo directory'] : [])];

  /** Two directories may use one id for two users. Home folders and desktops belong to the id, so the first directory wins. */
  async function isTaken(id: string, before: number): Promise<boolean> {
    for (const earlier of people.slice(0, before)) if (await earlier.owns(id)) return true;
    return false;
  }

  return {
    id: 'directory',
    name: names.join(', ') || 'Directory',
    checker: (provider) => people.find((each) => each.provider === provider)?.check ?? null,
    async authenticate({ name, password, isUnknownClient = false }, admits) {
      // Many directories accept an empty password: such a bind is unauthenticated and always succeeds (RFC 4513, 5.1.2).
      const complete = foldName(name) !== '' && password !== '';
      const asked = isUnknownClient ? known : people;
      for (const [index, each] of complete ? asked.entries() : []) {
        const proof = await each.prove(name, password, admits);
        if (proof === 'unknown') continue;
        if (proof === 'refused') return null;
        if (!(await isTaken(proof.user.id, index))) return proof;
        warn(
          `${proof.user.name} of ${proof.user.provider} can't log in: the id ${proof.user.id} belongs to another user`,
        );
        return null;
      }
      // Always computes one hash, so that the time doesn't reveal which names exist.
      await verifyNothing(password);
      return null;
    },
  };
}
