/** A real slapd on loopback with the demo users, and misbehaving servers, for login tests. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { LdapSource } from '#config/config.ts';
import { ldapPeople } from '#auth/ldap.ts';
import type { People } from '#auth/people.ts';

const IMAGE = resolve(import.meta.dirname, '../../images/openldap');
export const PEOPLE = 'ou=people,dc=planetexpress,dc=com';
export const ADMIN = 'cn=admin,dc=planetexpress,dc=com';
export const ADMIN_PASSWORD = 'GoodNewsEveryone';

export interface Slapd extends AsyncDisposable {
  /** `ldap://`, with optional StartTLS. */
  readonly url: string;
  /** `ldaps://` */
  readonly tlsUrl: string;
  /** Path of the certificate that both URLs use. */
  readonly ca: string;
  add(ldif: string): Promise<void>;
  modify(ldif: string): Promise<void>;
  /** Whether the directory itself accepts this DN and password. */
  letsIn(dn: string, password: string): Promise<boolean>;
  stop(): Promise<void>;
}

/**
 * Configured like the image, but with other folders and ports, and on two addresses, one of which is in the
 * certificate. It is as lax as a directory can be: a bind with a name and an empty password succeeds.
 */
export async function startSlapd(): Promise<Slapd> {
  await using stack = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'deskpod-ldap-'));
  stack.defer(() => rm(folder, { recursive: true }));
  const state = join(folder, 'state');
  await mkdir(state);
  await cp(IMAGE, join(folder, 'image'), { recursive: true });
  const config = join(folder, 'image/slapd.conf');
  await writeFile(config, `allow bind_anon_dn\n${await readFile(config, 'utf8')}`);
  const [port, tlsPort] = [await freePort(), await freePort()];
  const url = `ldap://127.0.0.1:${port}`;
  const tlsUrl = `ldaps://127.0.0.1:${tlsPort}`;
  const urls = [url, tlsUrl].flatMap((each) => [`${each}/`, `${elsewhere(each)}/`]);
  const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LDAP_STATE: state, LDAP_URLS: urls.join(' ') };
  const child = spawn(join(folder, 'image/serve'), { env, stdio: ['ignore', 'ignore', 'pipe'] });
  const stop = () => stopped(child);
  stack.defer(stop);
  await saysItStarts(child);
  const running = stack.move();
  const change = async (command: string, ldif: string): Promise<void> => {
    if (!(await succeeds(command, ['-x', '-H', url, '-D', ADMIN, '-w', ADMIN_PASSWORD], ldif)))
      throw new Error(`${command} failed`);
  };
  return {
    url,
    tlsUrl,
    ca: join(state, 'tls/certificate.pem'),
    add: (ldif) => change('ldapadd', ldif),
    modify: (ldif) => change('ldapmodify', ldif),
    letsIn: (dn, password) => succeeds('ldapwhoami', ['-x', '-H', url, '-D', dn, '-w', password]),
    stop,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** The same server at an address that its certificate lacks. */
export function elsewhere(url: string): string {
  return url.replace('127.0.0.1', '127.0.0.2');
}

async function saysItStarts(child: ChildProcess): Promise<void> {
  const lines: string[] = [];
  if (!child.stderr) throw new Error('slapd has no standard error');
  for await (const line of createInterface({ input: child.stderr })) {
    lines.push(line);
    if (line.includes('slapd starting')) break;
  }
  if (!lines.at(-1)?.includes('slapd starting')) throw new Error(`slapd did not start: ${lines.join('\n')}`);
  child.stderr.resume();
}

async function stopped(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  await exit;
}

async function succeeds(command: string, args: readonly string[], input = ''): Promise<boolean> {
  const child = spawn(command, args, { stdio: ['pipe', 'ignore', 'inherit'] });
  child.stdin.end(input);
  const [code] = await once(child, 'exit');
  return code === 0;
}

export interface Rogue extends AsyncDisposable {
  readonly url: string;
  /** The number of connections so far. */
  connections(): number;
}

/** A server for tests; it sends nothing unless a handler for incoming data is given. */
export async function rogueServer(
  heard: (socket: Socket, data: Buffer) => void = () => {},
  scheme = 'ldap',
): Promise<Rogue> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => {}).on('data', (data) => heard(socket, data)));
  });
  const port = await listening(server);
  return {
    url: `${scheme}://127.0.0.1:${port}`,
    connections: () => sockets.size,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** The response “success” to a bind (0x61) or an extended request such as StartTLS (0x78). */
export function success(request: Buffer, kind: 0x61 | 0x78): Buffer {
  const messageId = request[4] ?? 0; // after sequence, length, integer, length
  return Buffer.from([0x30, 0x0c, 0x02, 0x01, messageId, kind, 0x07, 0x0a, 0x01, 0x00, 0x04, 0x00, 0x04, 0x00]);
}

/** An address with no server. */
export async function deadUrl(): Promise<string> {
  return `ldap://127.0.0.1:${await freePort()}`;
}

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listening(server);
  server.close();
  await once(server, 'close');
  return port;
}

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return addressOf(server).port;
}

function addressOf(server: Server): AddressInfo {
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the server has no port');
  return address;
}

export interface TestPeople extends People {
  /** Messages for the administrator. */
  readonly warnings: string[];
}

/** The users of these servers, with short timeouts, as configured by `auth.ldap`. */
export function peopleOf(
  servers: readonly string[],
  { password = ADMIN_PASSWORD, ...changes }: Partial<LdapSource> & { password?: string } = {},
): TestPeople {
  const warnings: string[] = [];
  const source: LdapSource = {
    name: 'planet',
    displayName: 'Planet Express',
    servers,
    baseDn: PEOPLE,
    scope: 'sub',
    bindDn: ADMIN,
    filter: '(&(objectClass=inetOrgPerson)(|(cn=%s)(uid=%s)))',
    attributes: { id: 'uid', name: 'cn', uidNumber: 'uidNumber', gidNumber: 'gidNumber' },
    startTls: false,
    verify: true,
    ca: null,
    timeoutSeconds: 5,
    connectTimeoutSeconds: 2,
    ...changes,
  };
  const accounts = { uidOf: async () => 20_000 };
  const people = ldapPeople(source, { password, accounts, warn: (text) => void warnings.push(text) });
  return { ...people, warnings };
}
