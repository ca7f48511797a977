/** A directory of od.config (`ldapconfig` or whatever key a provider refers to) as one of `auth.ldap`. */
import { z } from 'zod';
import type { Elsewhere, Fault, Mapping, Others } from './rule.ts';

/** Nobody waits longer for a login; longer times come down to it. */
const LONGEST_SECONDS = 120;

const word = () => z.string().nullish();
const seconds = () =>
  z
    .union([z.number(), z.string().regex(/^\d+$/).transform(Number)])
    .transform((given) => Math.min(given, LONGEST_SECONDS))
    .nullish();
/** What tells other services from LDAP directories; its other keys are for whatever service it is. */
const Service = z.looseObject({ domain: z.unknown(), servers: z.unknown(), ldap_basedn: z.unknown() }).partial();
const Directory = z.looseObject({
  displayname: word(),
  servers: z.union([z.string(), z.array(z.string())]),
  ldap_protocol: word(),
  secure: z.boolean().nullish(),
  tls_require_cert: z.boolean().nullish(),
  ldap_basedn: word(),
  users_ou: word(),
  serviceaccount: z.looseObject({ login: word(), password: word() }).nullish(),
  auth_type: word(),
  ldap_timeout: seconds(),
  ldap_connect_timeout: seconds(),
  useridattr: word(),
  usercnattr: word(),
  useruidattr: word(),
  user_filter: word(),
  filter: word(),
  scope: z.union([z.string(), z.number()]).nullish(),
});
type Directory = z.output<typeof Directory>;

interface Provider {
  readonly config_ref?: string | null | undefined;
  readonly displayname?: string | null | undefined;
}

/** A directory, or why its provider gives none; `from` leads from a place in the source to the same place in theirs. */
type Read =
  | { source: object; from: (path: readonly PropertyKey[]) => Elsewhere; notes: NonNullable<Mapping['notes']> }
  | { faults: readonly Fault[] }
  | { notes: NonNullable<Mapping['notes']> };

/** What the parts of a source are called there. */
const THEIRS: Readonly<Record<string, readonly string[]>> = {
  servers: ['servers'],
  baseDn: ['ldap_basedn'],
  bindDn: ['serviceaccount', 'login'],
  bindPassword: ['serviceaccount', 'password'],
  timeoutSeconds: ['ldap_timeout'],
  connectTimeoutSeconds: ['ldap_connect_timeout'],
  verify: ['tls_require_cert'],
  scope: ['scope'],
  filter: ['filter'],
  attributes: ['useruidattr'],
};

/** `others` reads the key that the provider refers to. */
export function ldapSource(name: string, provider: Provider, others: Others): Read {
  const ref = provider.config_ref ?? '';
  if (ref === '') return { notes: [`explicit ${name}: has no config_ref, so it is not used`] };
  const place = ['explicit', 'providers', name, 'config_ref'];
  const directories = z.record(z.string(), z.unknown()).safeParse(others(ref));
  if (!directories.success) {
    const message = `there is no key ${ref} with the directory of ${name}`;
    return { faults: [{ key: 'authmanagers', path: place, message, remedy: `Add ${ref}, or disable ${name}.` }] };
  }
  // A key with one directory in it may call that otherwise than the provider.
  const names = Object.keys(directories.data);
  const inside = names.includes(name) || names.length !== 1 ? name : (names[0] ?? name);
  const at = (path: readonly PropertyKey[]): Elsewhere => ({ key: ref, path: [inside, ...path] });
  const other = otherService(directories.data[inside]);
  if (other !== null) return { notes: [{ ...at(other.path), text: `${name}: ${other.text}` }] };
  const found = Directory.safeParse(directories.data[inside]);
  if (!found.success) {
    return { faults: found.error.issues.map(({ path, message }) => ({ ...at(path), message })) };
  }
  if (baseOf(found.data) === undefined) {
    const remedy = 'Give the DN that people are searched under, such as ou=people,dc=example,dc=org.';
    return { faults: [{ ...at([]), message: 'ldap_basedn is missing', remedy }] };
  }
  return {
    source: sourceOf(name, provider, found.data),
    from: ([part = '', ...rest]) => at(theirs(found.data, String(part), rest)),
    notes: notesOf(name, found.data).map((text) => ({ ...at([]), text })),
  };
}

/** Why it is none that this server asks, whatever else is in it; null for an LDAP directory. */
function otherService(given: unknown): { path: readonly string[]; text: string } | null {
  const { domain, servers, ldap_basedn, users_ou } = Service.safeParse(given).data ?? { servers: given };
  if (filled(domain)) return { path: ['domain'], text: 'Active Directory is not used yet' };
  if (filled(servers) || filled(ldap_basedn) || filled(users_ou)) return null;
  return { path: [], text: 'has no LDAP servers, so it is not used' };
}

function sourceOf(name: string, provider: Provider, given: Directory): object {
  const { login, password } = given.serviceaccount ?? {};
  const anonymous = given.auth_type?.toUpperCase() === 'ANONYMOUS' || !filled(login);
  const scope = scopeOf(given.scope);
  const id = given.useruidattr ?? 'uid';
  const full = given.usercnattr ?? 'cn';
  const named = given.useridattr ?? full;
  const own = [...new Set([full, named, id])].map((attribute) => `(${attribute}=%s)`).join('');
  return defined({
    name,
    displayName: provider.displayname ?? given.displayname ?? undefined,
    servers: [given.servers].flat().map((server) => addressOf(server, given)),
    baseDn: baseOf(given),
    scope,
    bindDn: anonymous ? undefined : login,
    bindPassword: anonymous || !filled(password) ? undefined : password,
    filter: given.user_filter ?? given.filter ?? `(&(objectClass=inetOrgPerson)(|${own}))`,
    attributes: { id, name: full },
    verify: given.tls_require_cert ?? undefined,
    timeoutSeconds: given.ldap_timeout ?? undefined,
    connectTimeoutSeconds: given.ldap_connect_timeout ?? undefined,
  });
}

/** A server is a name there, with or without scheme and port; `secure` makes every one of them ldaps. */
function addressOf(server: string, { ldap_protocol, secure }: Directory): string {
  const match = /^([a-z]+):\/\/(.*)$/i.exec(server.trim());
  const scheme = secure === true ? 'ldaps' : (match?.[1] ?? ldap_protocol ?? 'ldap');
  const host = match?.[2] ?? server.trim();
  const isBareIpv6 = host.split(':').length > 2 && !host.startsWith('[');
  return `${scheme}://${isBareIpv6 ? `[${host}]` : host}`;
}

/** `users_ou` is a whole DN, or what stands before the base. */
function baseOf({ ldap_basedn, users_ou }: Directory): string | undefined {
  const base = ldap_basedn ?? undefined;
  if (!filled(users_ou) || base === undefined) return users_ou ?? base;
  return users_ou.toLowerCase().endsWith(base.toLowerCase()) ? users_ou : `${users_ou},${base}`;
}

/** `SUBTREE`, `ldap.SCOPE_ONELEVEL`, or the number that these names stand for. */
function scopeOf(scope: string | number | null | undefined): string | undefined {
  if (scope === undefined || scope === null) return undefined;
  const word = String(scope).toUpperCase();
  if (/SUB|^2$/.test(word)) return 'sub';
  if (/LEVEL|ONE|^1$/.test(word)) return 'one';
  return /BASE|^0$/.test(word) ? 'base' : String(scope);
}

function theirs(given: Directory, part: string, rest: readonly PropertyKey[]): readonly PropertyKey[] {
  if (part === 'filter' && filled(given.user_filter)) return ['user_filter'];
  if (part === 'servers' && typeof given.servers === 'string') return ['servers'];
  return [...(THEIRS[part] ?? []), ...(part === 'servers' ? rest : [])];
}

function notesOf(name: string, given: Directory): string[] {
  const unused = Object.keys(given).filter((key) => !(key in Directory.shape) && key !== 'default');
  const bind = given.auth_type?.toUpperCase() ?? 'SIMPLE';
  return [
    ...(['SIMPLE', 'ANONYMOUS'].includes(bind) ? [] : [`${name}: auth_type ${bind} is not used yet, binds are simple`]),
    ...(unused.length === 0 ? [] : [`${name}: ${unused.join(', ')}: not used yet`]),
  ];
}

function defined(given: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

function filled<T>(value: T): value is NonNullable<T> {
  return value !== undefined && value !== null && value !== '';
}
