/** People of an LDAP directory: a service account finds the entry, the entry's own DN and the password prove who it is. */
import { randomUUID } from 'node:crypto';
import type { Entry } from 'ldapts';
import type { LdapSource } from '../config/config.ts';
import type { Identity } from '../domain/auth.ts';
import { DeskpodError } from '../domain/errors.ts';
import type { Store } from '../domain/store.ts';
import { type Conversation, talkTo } from './ldap-connection.ts';
import { type LdapPerson, personOf } from './ldap-entry.ts';
import { escapeFilter, fillFilter, spellingsOf } from './ldap-filter.ts';
import { verifyNothing } from './passwords.ts';
import type { People } from './people.ts';
import { rolesOf, withRoles } from './roles.ts';

export interface LdapOptions {
  /** Of the service account; not needed for an anonymous search. */
  readonly password: string | undefined;
  /** Posix ids for those to whom the directory gives none. */
  readonly accounts: Store['accounts'];
  /** Told to the administrator. */
  readonly warn: (text: string) => void;
  /** Milliseconds since any fixed time. */
  readonly now?: () => number;
}

/** So long is a server that failed tried after the others. */
const AVOID_MS = 60_000;

export function ldapPeople(source: LdapSource, options: LdapOptions): People & { readonly displayName: string } {
  const { name: provider, displayName, attributes, bindDn } = source;
  const { password: servicePassword, accounts, warn, now = () => performance.now() } = options;
  const failedAt = new Map<string, number>();

  function failedLately(url: string): boolean {
    return now() - (failedAt.get(url) ?? -Infinity) < AVOID_MS;
  }

  /** The first server that can be talked to answers. */
  async function ask<T>(talk: (directory: Conversation) => Promise<T>): Promise<T> {
    const failures: Error[] = [];
    const { servers } = source;
    for (const url of [...servers.filter((each) => !failedLately(each)), ...servers.filter(failedLately)]) {
      try {
        const answer = await talkTo(url, source, talk);
        failedAt.delete(url);
        for (const { message } of failures) warn(`directory ${provider}: ${message}; ${url} answered in its place`);
        return answer;
      } catch (cause) {
        failedAt.set(url, now());
        failures.push(new Error(`${url}: ${reasonOf(cause)}`, { cause }));
      }
    }
    const [first] = failures;
    throw new DeskpodError('directory_unavailable', `The directory ${displayName} cannot be reached.`, {
      remedy: 'Try again in a minute; if it stays so, tell your administrator.',
      cause:
        failures.length === 1 ? first : new AggregateError(failures, failures.map(({ message }) => message).join('; ')),
    });
  }

  async function enter(directory: Conversation): Promise<void> {
    if (bindDn === null || (await directory.bind(bindDn, servicePassword ?? ''))) return;
    throw new Error(`it does not let the service account ${bindDn} in: check bindDn and its password`);
  }

  async function find(directory: Conversation, name: string): Promise<Entry[]> {
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
    displayName,
    async prove(name, password) {
      const { entries, proven } = await ask(async (directory) => {
        await enter(directory);
        const found = await find(directory, name);
        const [entry] = found;
        if (entry && found.length === 1) return { entries: found, proven: await directory.bind(entry.dn, password) };
        // A name that nobody has, or that two have, costs a bind all the same; the password goes nowhere then.
        await directory.bind(`cn=${randomUUID()},${source.baseDn}`, randomUUID());
        return { entries: found, proven: false };
      });
      const [entry] = entries;
      if (!entry) return 'unknown';
      const person = personOf(entry, attributes);
      if (entries.length > 1)
        warn(`directory ${provider}: several entries match ${JSON.stringify(name)}, none logs in`);
      else if (!person) warn(`directory ${provider}: ${entry.dn} has no ${attributes.id} that can be an id`);
      else if (proven) return identityOf(person);
      await verifyNothing(password);
      return 'refused';
    },
    owns: (id) =>
      ask(async (directory) => {
        await enter(directory);
        return (await directory.search(`(${attributes.id}=${escapeFilter(id)})`, [attributes.id])).length > 0;
      }),
  };
}

/** A host with several addresses fails with one error for each, and no words of its own. */
function reasonOf(cause: unknown): string {
  if (cause instanceof AggregateError) return cause.errors.map(reasonOf).join('; ');
  return cause instanceof Error ? cause.message : String(cause);
}
