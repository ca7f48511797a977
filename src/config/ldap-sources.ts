/** From the settings of directories to what the login uses, their passwords kept apart. */
import type { Config, LdapSource } from './config.ts';
import { isLoopback } from './loopback.ts';
import type { Key, Values } from './settings.ts';

type Wrong = (setting: Key, message: string, remedy: string) => void;

/** The password of each source's service account, by the name of the source. */
type Passwords = Readonly<Record<string, string>>;

export function ldapOf(values: Values, wrong: Wrong): { sources: readonly LdapSource[]; passwords: Passwords } {
  const given = values['auth.ldap'];
  const passwords = passwordsOf(values, wrong);
  const sources = given.map(({ bindPassword, displayName, bindDn, filter, ca, ...source }): LdapSource => {
    const { id, name } = source.attributes;
    if (bindDn === undefined && bindPassword !== undefined) {
      wrong('auth.ldap', `${source.name} has a bindPassword and no bindDn`, 'Give the DN of the service account, too.');
    }
    if (bindDn !== undefined && passwords[source.name] === undefined) {
      wrong(
        'auth.ldap',
        `the password of ${bindDn} is missing: directories take a login without one for an anonymous one`,
        `Give ${source.name} a bindPassword, or set DESKPOD_LDAP_BIND_PASSWORD; without bindDn it is asked anonymously.`,
      );
    }
    return {
      ...source,
      displayName: displayName ?? source.name,
      bindDn: bindDn ?? null,
      filter: filter ?? `(&(objectClass=inetOrgPerson)(|(${name}=%s)(${id}=%s)))`,
      ca: ca ?? null,
    };
  });
  return { sources, passwords };
}

/** The one password given apart goes to the one source that can be meant; never to another server. */
function passwordsOf(values: Values, wrong: Wrong): Passwords {
  const accounts = values['auth.ldap'].filter(({ bindDn }) => bindDn !== undefined);
  const passwords = Object.fromEntries(
    accounts.flatMap(({ name, bindPassword }) => (bindPassword === undefined ? [] : [[name, bindPassword] as const])),
  );
  const apart = values['auth.ldapBindPassword'];
  if (apart === undefined) return passwords;
  const meant = accounts.length === 1 ? accounts : accounts.filter(({ name }) => !(name in passwords));
  const [source] = meant;
  if (source && meant.length === 1) return { ...passwords, [source.name]: apart };
  wrong(
    'auth.ldapBindPassword',
    meant.length === 0 ? 'no directory waits for a password' : `${meant.length} directories wait for a password`,
    'It is for the one source in auth.ldap that has a bindDn and no bindPassword.',
  );
  return passwords;
}

/** What an administrator should know of how passwords travel. */
export function ldapWarnings({ auth: { ldap } }: Config): readonly string[] {
  return ldap.flatMap(({ name, servers, startTls, verify }) => {
    const encrypted = startTls || servers.every((server) => server.startsWith('ldaps:'));
    if (encrypted)
      return verify ? [] : [`${name}: certificates are not verified, anybody in between can read passwords`];
    const away = servers.filter((server) => server.startsWith('ldap:') && !isLoopback(hostOf(server)));
    return away.length === 0 ? [] : [`${name}: passwords travel to ${away.join(', ')} unencrypted`];
  });
}

function hostOf(server: string): string {
  return new URL(server).hostname.replace(/^\[(.*)\]$/, '$1');
}
