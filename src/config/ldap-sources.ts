/** Builds the LDAP directories from their settings, with the passwords separate. */
import type { Config, LdapSource } from './config.ts';
import { isLoopbackHost } from '#domain/server/networks.ts';
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
      wrong('auth.ldap', `${source.name} has a bindPassword but no bindDn`, 'Also set the DN of the service account.');
    }
    if (bindDn !== undefined && passwords[source.name] === undefined) {
      wrong(
        'auth.ldap',
        `the password of ${bindDn} is missing: directories treat a bind without one as anonymous`,
        `Set bindPassword in ${source.name}, or DESKPOD_LDAP_BIND_PASSWORD. Without bindDn, searches are anonymous.`,
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

/** The separate password belongs to the only source that lacks one; it never goes to another server. */
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
    meant.length === 0 ? 'no directory needs a password' : `${meant.length} directories need a password`,
    'It belongs to the only source in auth.ldap that has a bindDn but no bindPassword.',
  );
  return passwords;
}

/** Warnings about passwords that others could read. */
export function ldapWarnings({ auth: { ldap } }: Config): readonly string[] {
  return ldap.flatMap(({ name, servers, startTls, verify }) => {
    const encrypted = startTls || servers.every((server) => server.startsWith('ldaps:'));
    if (encrypted)
      return verify ? [] : [`${name}: certificates aren't verified, so an attacker on the network can read passwords`];
    const away = servers.filter((server) => server.startsWith('ldap:') && !isLoopbackHost(new URL(server).hostname));
    return away.length === 0 ? [] : [`${name}: passwords are sent to ${away.join(', ')} unencrypted`];
  });
}

/** The suffix of the directory with demo users that comes with Deskpod. */
const DEMO_SUFFIX = /(^|,)dc=planetexpress,dc=com$/i;

/** The names of directories whose users and passwords are public. */
export function demoDirectories(sources: readonly LdapSource[]): readonly string[] {
  return sources.filter(({ baseDn }) => DEMO_SUFFIX.test(baseDn)).map(({ name }) => name);
}
