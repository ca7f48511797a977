/**
 * One login on one LDAP server: a separate connection, encrypted first if configured, limited in time, never reconnected
 * and never reused.
 */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import { Client, type Entry, ResultCodeError } from 'ldapts';
import { withDeadline } from '#domain/deadlines.ts';
import { ignore } from '#protocol/ignore.ts';
import type { LdapSource } from '#config/config.ts';

export type LdapServer = Pick<
  LdapSource,
  'baseDn' | 'scope' | 'startTls' | 'verify' | 'ca' | 'timeoutSeconds' | 'connectTimeoutSeconds'
>;

export interface LdapConnection {
  /** False if the directory refuses this DN with this password. Rejects if it can't tell. */
  bind(dn: string, password: string): Promise<boolean>;
  /** Below the base, at most two entries: enough to see whether there is exactly one. Doesn't follow referrals. */
  search(filter: string, attributes: readonly string[]): Promise<Entry[]>;
}

/** Results of a bind that are about the user; all others are about the directory. Codes of RFC 4511, appendix A. */
const REFUSALS = new Set([
  10, // referral: the account is in another directory
  19, // constraintViolation, for example too many failures
  32, // noSuchObject
  34, // invalidDNSyntax
  48, // inappropriateAuthentication: the entry has no password
  49, // invalidCredentials
  50, // insufficientAccessRights
  53, // unwillingToPerform, for example a locked account
]);

/** Connects, runs `work` and always disconnects. Rejects if the server can't be used. */
export async function withLdapConnection<T>(
  url: string,
  server: LdapServer,
  work: (directory: LdapConnection) => Promise<T>,
): Promise<T> {
  const { protocol, hostname, port } = new URL(url);
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  const tls = await tlsOptions(host, server);
  const socket =
    protocol === 'ldaps:' ? connectTls({ ...tls, host, port: Number(port) }) : connect({ host, port: Number(port) });
  // An error without a listener would end the process; the end of the connection reports it.
  socket.on('error', ignore('the end of the connection reports it'));
  try {
    const open = protocol === 'ldaps:' ? 'secureConnect' : 'connect';
    await within(server.connectTimeoutSeconds, 'no connection', (signal) => once(socket, open, { signal }));
    return await within(server.timeoutSeconds, 'no response', async () => {
      const client = clientOn(socket);
      if (server.startTls) await client.startTLS(tls);
      return work(connectionOn(client, server));
    });
  } finally {
    socket.on('error', ignore('the connection is no longer needed'));
    socket.destroy();
  }
}

function connectionOn(client: Client, { baseDn, scope, timeoutSeconds }: LdapServer): LdapConnection {
  return {
    async bind(dn, password) {
      // If either is empty, the bind is anonymous and succeeds.
      if (dn === '' || password === '') return false;
      try {
        await client.bind(dn, password);
        return true;
      } catch (error) {
        if (error instanceof ResultCodeError && REFUSALS.has(error.code)) return false;
        throw error;
      }
    },
    async search(filter, attributes) {
      const options = { scope, filter, sizeLimit: 2, timeLimit: Math.ceil(timeoutSeconds) };
      const { searchEntries } = await client.search(baseDn, { ...options, attributes: [...attributes] });
      return searchEntries;
    },
  };
}

/** The client reconnects by itself when a connection breaks, then unencrypted or anonymously: this prevents it. */
function clientOn(socket: Socket): Client {
  let handedOver = false;
  const createConnection = (): Socket => {
    if (handedOver) throw new Error('the connection broke');
    handedOver = true;
    return socket;
  };
  return new Client({ url: 'ldap://unused', createConnection });
}

async function tlsOptions(host: string, { verify, ca }: LdapServer): Promise<ConnectionOptions> {
  return {
    host,
    // Server names can't be addresses.
    ...(isIP(host) === 0 ? { servername: host } : {}),
    rejectUnauthorized: verify,
    ...(ca === null ? {} : { ca: await readFile(ca) }),
  };
}

/** Rejects with `complaint` if the work takes longer. */
async function within<T>(seconds: number, complaint: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const deadline = AbortSignal.timeout(seconds * 1000);
  try {
    return await withDeadline(work(deadline), deadline);
  } catch (cause) {
    throw deadline.aborted ? new Error(`${complaint} within ${seconds} s`, { cause }) : cause;
  }
}
