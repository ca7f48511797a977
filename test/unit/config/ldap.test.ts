import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { LoadedConfig } from '#config/config.ts';
import { loadConfig } from '#config/load.ts';
import { ConfigError } from '#config/problems.ts';

async function load(content: string, env: Record<string, string> = {}): Promise<LoadedConfig> {
  const folder = await mkdtemp(join(tmpdir(), 'deskpod-ldap-'));
  try {
    const config = join(folder, 'file');
    await writeFile(config, content);
    return await loadConfig({ options: { config }, env });
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function problemsOf(content: string, env: Record<string, string> = {}): Promise<string[]> {
  try {
    await load(content, env);
  } catch (error) {
    if (error instanceof ConfigError)
      return error.problems.map(({ line, key, message }) => `${line} ${key}: ${message}`);
    throw error;
  }
  return [];
}

const warningsOf = ({ notes }: LoadedConfig) =>
  notes.flatMap(({ level, key, text }) => (level === 'warning' && key === 'auth.ldap' ? [text] : []));

const yaml = (...lines: string[]) =>
  `auth:\n  ldap:\n    - name: planet\n      servers: [ldap://127.0.0.1]\n      baseDn: dc=example\n${lines
    .map((line) => `      ${line}\n`)
    .join('')}`;

test('a directory needs a name, servers and a base; other settings have secure defaults', async () => {
  const { config, secrets } = await load(yaml());
  assert.deepEqual(config.auth.ldap, [
    {
      name: 'planet',
      displayName: 'planet',
      servers: ['ldap://127.0.0.1:389'],
      baseDn: 'dc=example',
      scope: 'sub',
      bindDn: null,
      filter: '(&(objectClass=inetOrgPerson)(|(cn=%s)(uid=%s)))',
      attributes: { id: 'uid', name: 'cn', uidNumber: 'uidNumber', gidNumber: 'gidNumber' },
      startTls: false,
      verify: true,
      ca: null,
      timeoutSeconds: 15,
      connectTimeoutSeconds: 5,
    },
  ]);
  assert.deepEqual(secrets.ldapPasswords, {});
});

test('the demo users are disabled when a directory is configured, unless they are enabled explicitly', async () => {
  assert.equal((await load('dock: []')).config.auth.demoDirectory, true);
  assert.equal((await load(yaml())).config.auth.demoDirectory, false);
  assert.equal((await load(yaml(), { DESKPOD_DEMO: 'true' })).config.auth.demoDirectory, true);
});

test('the password of the service account is a secret, from the file or from its variable, which takes precedence', async () => {
  const account = yaml('bindDn: cn=reader,dc=example', 'bindPassword: in-the-file');
  const { config, secrets } = await load(account);
  assert.equal(JSON.stringify(config).includes('in-the-file'), false);
  assert.deepEqual(secrets.ldapPasswords, { planet: 'in-the-file' });
  const apart = await load(account, { DESKPOD_LDAP_BIND_PASSWORD: 'in a variable' });
  assert.deepEqual(apart.secrets.ldapPasswords, { planet: 'in a variable' });
  assert.equal(JSON.stringify(apart.config).includes('in a variable'), false);
});

test('a separate password applies only to the one directory without a password', async () => {
  const more = (name: string, last: string) =>
    `    - { name: ${name}, servers: [ldaps://b], baseDn: dc=b, bindDn: cn=b${last} }\n`;
  const env = { DESKPOD_LDAP_BIND_PASSWORD: 'apart' };
  const own = yaml('bindDn: cn=a', 'bindPassword: own');
  assert.deepEqual((await load(own + more('b', ''), env)).secrets.ldapPasswords, { planet: 'own', b: 'apart' });
  assert.match((await problemsOf(own + more('b', '') + more('c', ''), env)).join('\n'), /2 directories need/);
  assert.match((await problemsOf(yaml(), env)).join('\n'), /no directory needs a password/);
});

test('a service account without a password, which would bind anonymously, stops the start', async () => {
  const [problem] = await problemsOf(yaml('bindDn: cn=reader'));
  assert.match(problem ?? '', /^2 auth\.ldap: the password of cn=reader is missing/);
  assert.match((await problemsOf(yaml('bindPassword: x'))).join(), /bindPassword but no bindDn/);
  assert.match((await problemsOf(yaml('bindDn: cn=reader', 'bindPassword: ""'))).join(), /bindPassword: is empty/);
});

test('invalid settings are reported with their line', async () => {
  const content = `auth:
  ldap:
    - name: anonymous
      servers: [http://x, 'ldap://a/b', 'ldap://a:0']
      baseDn: ''
      filter: (uid=*)
      verfy: false
    - { name: b, servers: [], baseDn: dc=b, filter: '(uid=%s', ca: ca.pem, scope: tree }
    - { name: b, servers: [ldaps://x], baseDn: dc=b, startTls: true }
`;
  assert.deepEqual(await problemsOf(content), [
    '3 auth.ldap.0.name: is reserved for local users and guests',
    '4 auth.ldap.0.servers.0: is not an address such as ldap://directory.example.org:389',
    '4 auth.ldap.0.servers.1: is not an address such as ldap://directory.example.org:389',
    '4 auth.ldap.0.servers.2: is not an address such as ldap://directory.example.org:389',
    '5 auth.ldap.0.baseDn: is empty',
    '6 auth.ldap.0.filter: has no %s, which stands for the name that the user enters',
    '7 auth.ldap.0.verfy: unknown key',
    '8 auth.ldap.1.servers: names no server',
    '8 auth.ldap.1.scope: Invalid option: expected one of "sub"|"one"|"base"',
    '8 auth.ldap.1.filter: is not a filter such as (&(objectClass=person)(uid=%s)): check its brackets',
    '8 auth.ldap.1.ca: is not an absolute path',
    "9 auth.ldap.2.startTls: can't be combined with ldaps://, which is always encrypted",
  ]);
  const twice = yaml() + '    - { name: planet, servers: [ldap://b], baseDn: dc=b }\n';
  assert.deepEqual(await problemsOf(twice), ['6 auth.ldap.1.name: is also the name of another directory']);
  assert.deepEqual(await problemsOf(yaml('ca: /nowhere.pem')), [
    "2 auth.ldap: /nowhere.pem can't be read: ENOENT: no such file or directory",
  ]);
});

test('addresses get their default port, including IPv6', async () => {
  const { config } = await load(
    'auth: { ldap: [{ name: a, servers: [ldaps://h, "LDAP://[::1]/", ldap://h:3890], baseDn: b }] }',
  );
  assert.deepEqual(config.auth.ldap[0]?.servers, ['ldaps://h:636', 'ldap://[::1]:389', 'ldap://h:3890']);
});

test('passwords sent unencrypted or without verification cause a warning, except on this machine', async () => {
  assert.deepEqual(warningsOf(await load(yaml())), []);
  const far = yaml().replace('127.0.0.1', 'far.example.org');
  assert.match(
    warningsOf(await load(far)).join(),
    /planet: passwords are sent to ldap:\/\/far\.example\.org:389 unencrypted/,
  );
  assert.deepEqual(warningsOf(await load(`${far}      startTls: true\n`)), []);
  assert.match(warningsOf(await load(`${far}      startTls: true\n      verify: false\n`)).join(), /aren't verified/);
});

const od = (directory: string, provider = "'config_ref': 'ldapconfig'") => `[global]
authmanagers: { 'explicit': { 'providers': { 'planet': { ${provider} } } } }
ldapconfig : { 'planet': {
  ${directory} } }
`;
const BASE = "'servers': [ 'directory' ], 'ldap_basedn': 'ou=people,dc=example',";
const sourceOf = async (directory: string, provider?: string) =>
  (await load(od(directory, provider))).config.auth.ldap[0];

test('a provider in od.config and the key that it refers to become one directory', async () => {
  const { config, secrets, notes } = await load(
    od(`'default': True, 'ldap_timeout': 7, 'ldap_connect_timeout': 3, 'ldap_protocol': 'ldap', 'secure': False,
      'ldap_basedn': 'ou=people,dc=example', 'servers': [ 'one', 'ldap://two:3890', 'fd00::1' ],
      'serviceaccount': { 'login': 'cn=reader', 'password': 'pa%%ss' },
      'policies': { 'acls': None }, 'exec_timeout': 10`),
  );
  assert.deepEqual(config.auth.ldap, [
    {
      name: 'planet',
      displayName: 'planet',
      servers: ['ldap://one:389', 'ldap://two:3890', 'ldap://[fd00::1]:389'],
      baseDn: 'ou=people,dc=example',
      scope: 'sub',
      bindDn: 'cn=reader',
      filter: '(&(objectClass=inetOrgPerson)(|(cn=%s)(uid=%s)))',
      attributes: { id: 'uid', name: 'cn', uidNumber: 'uidNumber', gidNumber: 'gidNumber' },
      startTls: false,
      verify: true,
      ca: null,
      timeoutSeconds: 7,
      connectTimeoutSeconds: 3,
    },
  ]);
  assert.deepEqual(secrets.ldapPasswords, { planet: 'pa%ss' });
  assert.equal(config.auth.demoDirectory, false);
  assert.deepEqual(
    notes.filter(({ key }) => key === 'ldapconfig').map(({ where, text }) => `${where} ${text}`),
    ['file:3 planet: policies, exec_timeout: not used yet'],
  );
});

test('a given filter is used, otherwise one with the named attributes', async () => {
  assert.equal((await sourceOf(`${BASE} 'filter': '(cn=%%s)'`))?.filter, '(cn=%s)');
  assert.equal((await sourceOf(`${BASE} 'filter': '(cn=%%s)', 'user_filter': '(mail=%%s)'`))?.filter, '(mail=%s)');
  const named = await sourceOf(`${BASE} 'useridattr': 'mail', 'usercnattr': 'displayName', 'useruidattr': 'id'`);
  assert.equal(named?.filter, '(&(objectClass=inetOrgPerson)(|(displayName=%s)(mail=%s)(id=%s)))');
  assert.deepEqual([named.attributes.id, named.attributes.name], ['id', 'displayName']);
});

test('encryption follows od.config, but certificates are verified unless it disables that', async () => {
  const secure = await load(od(`${BASE} 'secure': True, 'servers': [ 'a', 'ldap://b' ]`));
  assert.deepEqual(secure.config.auth.ldap[0]?.servers, ['ldaps://a:636', 'ldaps://b:636']);
  assert.equal(secure.config.auth.ldap[0].verify, true);
  assert.deepEqual((await sourceOf(`${BASE} 'ldap_protocol': 'ldaps'`))?.servers, ['ldaps://directory:636']);
  const careless = await load(od(`${BASE} 'secure': True, 'tls_require_cert': False`));
  assert.equal(careless.config.auth.ldap[0]?.verify, false);
  assert.match(warningsOf(careless).join(), /planet: certificates aren't verified/);
});

test('scopes, bases and single servers are accepted in every notation', async () => {
  const scope = async (written: string) => (await sourceOf(`${BASE} 'scope': ${written}`))?.scope;
  assert.deepEqual(await Promise.all(["'SUBTREE'", 'ldap.SCOPE_ONELEVEL', "'LEVEL'", '0'].map(scope)), [
    'sub',
    'one',
    'one',
    'base',
  ]);
  assert.equal((await sourceOf(`${BASE} 'users_ou': 'ou=staff'`))?.baseDn, 'ou=staff,ou=people,dc=example');
  assert.equal(
    (await sourceOf(`${BASE} 'users_ou': 'ou=x,ou=people,dc=example'`))?.baseDn,
    'ou=x,ou=people,dc=example',
  );
  const single = await sourceOf(
    "'servers': 'a', 'ldap_basedn': 'dc=example'",
    "'config_ref': 'ldapconfig', 'displayname': 'The Planet'",
  );
  assert.deepEqual([single?.servers, single?.displayName], [['ldap://a:389'], 'The Planet']);
});

test('a single directory may have another name than its provider', async () => {
  const content = od(BASE).replace("'planet': {\n", "'other': {\n");
  assert.equal((await load(content)).config.auth.ldap[0]?.name, 'planet');
});

test('unsupported methods cause a note: Active Directory, other binds, a provider without a directory', async () => {
  const notesFor = async (content: string) => (await load(content)).notes.map(({ text }) => text).join('\n');
  const active = od(`${BASE} 'domain': 'AD'`);
  assert.deepEqual((await load(active)).config.auth.ldap, []);
  assert.equal((await load(active)).config.auth.demoDirectory, false);
  assert.match(await notesFor(active), /planet: Active Directory is not used yet/);
  assert.match(await notesFor(od(`${BASE} 'auth_type': 'KERBEROS'`)), /auth_type KERBEROS is not used yet/);
  assert.match(await notesFor(od(BASE, "'enabled': True")), /explicit planet: has no config_ref/);
  const off = od(BASE, "'config_ref': 'ldapconfig', 'enabled': False");
  assert.match(await notesFor(off), /no enabled provider of authmanagers refers to it/);
});

test('errors in a directory of od.config are reported with their key and line', async () => {
  assert.deepEqual(await problemsOf(od(BASE, "'config_ref': 'nowhere'")), [
    '2 authmanagers.explicit.providers.planet.config_ref: there is no key nowhere with the directory of planet',
  ]);
  assert.deepEqual(await problemsOf(od("'ldap_basedn': 'x', 'servers': 7")), [
    '4 ldapconfig.planet.servers: Invalid input',
  ]);
  assert.deepEqual(await problemsOf(od("'servers': [ 'a' ]")), ['3 ldapconfig.planet: ldap_basedn is missing']);
  assert.deepEqual(await problemsOf(od("'ldap_basedn': 'x',\n 'servers': [ 'a',\n 'b c' ]")), [
    '6 ldapconfig.0.servers.1: is not an address such as ldap://directory.example.org:389',
  ]);
  assert.match(
    (await problemsOf(od(`${BASE} 'serviceaccount': { 'login': 'cn=x' }`))).join(),
    /password of cn=x is missing/,
  );
});
