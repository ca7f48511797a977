/** Settings of the LDAP directories; part of the table in `settings.ts`. */
import { z } from 'zod';
import { FACTS } from './facts.ts';
import { text } from './kinds.ts';

/** The providers of local users and guests. */
const RESERVED = new Set(['local', 'anonymous']);

const Name = text()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/, 'is not a name of letters, digits, dots and dashes')
  .refine((name) => !RESERVED.has(name), 'is reserved for local users and guests');

/** `ldap://host:389`, always with its port. */
const Server = text().transform((given, context) => {
  const match = /^(ldaps?):\/\/(\[[0-9a-f:.]+\]|[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?)(?::(\d{1,5}))?\/?$/i.exec(given);
  const scheme = match?.[1]?.toLowerCase();
  const port = match?.[3] ?? (scheme === 'ldaps' ? '636' : '389');
  if (match && Number(port) > 0 && Number(port) < 65_536) return `${scheme}://${match[2]}:${port}`;
  context.addIssue({ code: 'custom', message: 'is not an address such as ldap://directory.example.org:389' });
  return z.NEVER;
});

const Attribute = text().regex(/^[A-Za-z][A-Za-z0-9-]{0,63}$/, 'is not the name of an attribute');

const Filter = text()
  .refine((filter) => filter.includes('%s'), 'has no %s, which stands for the name that the user enters')
  .refine(isBalanced, 'is not a filter such as (&(objectClass=person)(uid=%s)): check its brackets');

const Seconds = z.number().positive().max(120);

const Source = z.strictObject({
  name: Name,
  displayName: text().optional(),
  servers: z.array(Server).min(1, 'names no server'),
  baseDn: text(),
  scope: z.enum(['sub', 'one', 'base']).default('sub'),
  bindDn: text().optional(),
  bindPassword: z.string().min(1, 'is empty').optional(),
  filter: Filter.optional(),
  attributes: z
    .strictObject({
      id: Attribute.default('uid'),
      name: Attribute.default('cn'),
      uidNumber: Attribute.default('uidNumber'),
      gidNumber: Attribute.default('gidNumber'),
    })
    .prefault({}),
  startTls: z.boolean().default(false),
  verify: z.boolean().default(true),
  ca: text().startsWith('/', 'is not an absolute path').optional(),
  timeoutSeconds: Seconds.default(15),
  connectTimeoutSeconds: Seconds.default(5),
});

export const LDAP_KEYS: readonly string[] = Object.keys(Source.shape);

const LdapSources = z
  .array(
    Source.refine(({ startTls, servers }) => !startTls || servers.every((server) => server.startsWith('ldap://')), {
      path: ['startTls'],
      message: "can't be combined with ldaps://, which is always encrypted",
    }),
  )
  .superRefine((sources, context) => {
    for (const [index, { name }] of sources.entries()) {
      if (sources.findIndex((other) => other.name === name) === index) continue;
      context.addIssue({ code: 'custom', path: [index, 'name'], message: 'is also the name of another directory' });
    }
  });

export const LDAP_SETTINGS = {
  'auth.ldap': LdapSources.prefault([]).register(FACTS, {
    text: 'LDAP directories for logging in. Deskpod checks its local users first, then the directories in this order. Each is `{ name, servers, baseDn }`, optionally with `displayName`, `bindDn`, `bindPassword`, `scope` (`sub`, `one`, `base`), `filter`, `attributes`, `startTls`, `verify`, `ca`, `timeoutSeconds` and `connectTimeoutSeconds`: see above.',
    read: 'json',
    type: 'list of directories',
  }),
  'auth.ldapBindPassword': z.string().min(1, 'is empty').optional().register(FACTS, {
    text: 'Password of the service account of the directory that has a `bindDn` (if there are several, the one without `bindPassword`). Secret: use the variable.',
    read: 'text',
    type: 'text',
    fallback: 'none',
    variable: 'DESKPOD_LDAP_BIND_PASSWORD',
  }),
};

/** Checks the brackets only; the directory parses the rest. */
function isBalanced(filter: string): boolean {
  let open = 0;
  for (const character of filter) {
    if (character === '(') open += 1;
    if (character === ')') open -= 1;
    if (open < 0) return false;
  }
  return open === 0 && filter.startsWith('(') && filter.endsWith(')');
}
