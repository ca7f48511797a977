/** Users of an LDAP directory: the service account finds the entry, then a bind with its DN checks the password. */
import { randomUUID } from 'node:crypto';
import type { Entry } from 'ldapts';
import type { LdapSource } from '#config/config.ts';
import type { Identity } from '#domain/ports/auth.ts';
import { DeskpodError, messageOf } from '#domain/errors.ts';
import type { Store } from '#domain/ports/store.ts';
import { type LdapConnection, withLdapConnection } from './ldap-connection.ts';
import { type LdapPerson, personOf } from './ldap-entry.ts';
import { escapeFilter, fillFilter, spellingsOf } from './ldap-filter.ts';
import { verifyNothing } from './passwords.ts';
import type { People } from './people.ts';
import { rolesOf, withRoles } from './roles.ts';

export interface LdapOptions {
  /** Password of the service account; not needed for an anonymous search. */
  readonly password: string | undefined;
  /** POSIX ids for users without one in the directory. */
  readonly accounts: Store['accounts'];
  /** For the log. */
  readonly warn: (text: string) => void;
  /** Milliseconds since any fixed time. */
  readonly now?: () => number;
}

/** How long a server that failed is tried last. */
const AVOID_MS = 60_000;

export function ldapPeople(source: LdapSource, options: LdapOptions): People & { readonly displayName: string } {
  const { name: provider, displayName, attributes, bindDn } = source;
  const { password: servicePassword, accounts, warn, now = () => performance.now() } = options;
  const failedAt = new Map<string, number>();

  function failedRecently(url: string): boolean {
    return now() - (failedAt.get(url) ?? -Infinity) < AVOID_MS;
  }

  /** Uses the first server that responds. */
  async function ask<T>(work: (directory: LdapConnection) => Promise<T>): Promise<T> {
    const failures: Error[] = [];
    const { servers } = source;
    for (const url of [...servers.filter((each) => !failedRecently(each)), ...servers.filter(failedRecently)]) {
      try {
        const answer = await withLdapConnection(url, source, work);
        failedAt.delete(url);
        for (const { message } of failures) warn(`directory ${provider}: ${message}; used ${url} instead`);
        return answer;
      } catch (cause) {
        failedAt.set(url, now());
        failures.push(new Error(`${url}: ${reasonOf(cause)}`, { cause }));
      }
    }
    const [first] = failures;
    throw new DeskpodError('directory_unavailable', `The directory ${displayName} can't be reached.`, {
      remedy: 'Try again in a minute. If it keeps failing, contact your administrator.',
      cause:
        failures.length === 1 ? first : new AggregateError(failures, failures.map(({ message }) => message).join('; ')),
    });
  }

  async function bindService(directory: LdapConnection): Promise<void> {
    if (bindDn === null || (await directory.bind(bindDn, servicePassword ?? ''))) return;
    throw new Error(`it refuses the service account ${bindDn}: check bindDn and its password`);
  }

  async function find(directory: LdapConnection, name: string): Promise<Entry[]> {
    for (const spelling of spellingsOf(name)) {
      const entries = await directory.search(fillFilter(source.filter, spelling), Object.values(attributes));
      if (entries.length > 0) return entries;
    }
    return [];
  }

  async function identityOf({ id, name, uid, gid }: LdapPerson): Promise<Identity> {
    const posix = uid ?? (await accounts.uidOf(id));
    const labels = withRoles([], []);
    return {
      user: { id, name, provider, labels, roles: rolesOf(labels) },
      account: { userId: id, displayName: name, provider, uid: posix, gid: gid ?? posix },
    };
  }

  return {
    provider,
    displayName,
    async prove(name, password, admits = () => true) {
      const { entries, proven } = await ask(async (directory) => {
        await bindService(directory);
        const found = await find(directory, name);
        const [entry] = found;
        const person = entry && found.length === 1 ? personOf(entry, attributes) : null;
        const isAdmitted = person === null || admits(person.id);
        if (entry && found.length === 1 && isAdmitted)
          return { entries: found, proven: await directory.bind(entry.dn, password) };
        // An unknown, ambiguous or refused name takes a bind, too, so that the time is the same; it doesn't send the password.
        await directory.bind(`cn=${randomUUID()},${source.baseDn}`, randomUUID());
        return { entries: found, proven: false };
      });
      const [entry] = entries;
      if (!entry) return 'unknown';
      const person = personOf(entry, attributes);
      if (entries.length > 1)
        warn(`directory ${provider}: several entries match ${JSON.stringify(name)}, so the login is refused`);
      else if (!person) warn(`directory ${provider}: ${entry.dn} has no valid ${attributes.id}`);
      else if (proven) return identityOf(person);
      await verifyNothing(password);
      return 'refused';
    },
    check: (login, userId) =>
      ask(async (directory) => {
        await bindService(directory);
        return (await find(directory, login)).some((entry) => personOf(entry, attributes)?.id === userId);
      }),
    owns: (id) =>
      ask(async (directory) => {
        await bindService(directory);
        return (await directory.search(`(${attributes.id}=${escapeFilter(id)})`, [attributes.id])).length > 0;
      }),
  };
}

/** A host with several addresses fails with one error for each, without a message of its own. */
function reasonOf(cause: unknown): string {
  if (cause instanceof AggregateError) return cause.errors.map(reasonOf).join('; ');
  return messageOf(cause);
}
