/**
 * A conversation with one LDAP server: its own connection, encrypted before anything is said where wanted, bounded in
 * time, never opened again underneath, never used for a second login.
 */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import { Client, type Entry, ResultCodeError } from 'ldapts';
import type { LdapSource } from '../config/config.ts';

export type LdapServer = Pick<
  LdapSource,
  'baseDn' | 'scope' | 'startTls' | 'verify' | 'ca' | 'timeoutSeconds' | 'connectTimeoutSeconds'
>;

export interface Conversation {
  /** False when the directory does not let this DN in with this password. Rejects when it says nothing about that. */
  bind(dn: string, password: string): Promise<boolean>;
  /** Below the base, two entries at most: no more are needed to see that it is not one. Referrals are not followed. */
  search(filter: string, attributes: readonly string[]): Promise<Entry[]>;
}

/** Answers to a bind that are about who wants in: all else is about the directory. Numbers of RFC 4511, appendix A. */
const REFUSALS = new Set([
  10, // referral: the account is kept elsewhere
  19, // constraintViolation, for example too many failures
  32, // noSuchObject
  34, // invalidDNSyntax
  48, // inappropriateAuthentication: the entry has no password
  49, // invalidCredentials
  50, // insufficientAccessRights
  53, // unwillingToPerform, for example a locked account
]);

/** Connects, talks and hangs up, whatever happens. Rejects when the server cannot be used. */
export async function talkTo<T>(
  url: string,
  server: LdapServer,
  talk: (directory: Conversation) => Promise<T>,
): Promise<T> {
  const { protocol, hostname, port } = new URL(url);
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  const tls = await tlsOptions(host, server);
  const socket =
    protocol === 'ldaps:' ? connectTls({ ...tls, host, port: Number(port) }) : connect({ host, port: Number(port) });
  // An error while nobody else listens must not end the program; who waits learns of it by the connection's end.
  socket.on('error', () => {});
  try {
    const open = protocol === 'ldaps:' ? 'secureConnect' : 'connect';
    await within(server.connectTimeoutSeconds, 'no connection came about', (signal) => once(socket, open, { signal }));
    return await within(server.timeoutSeconds, 'it did not answer', async () => {
      const client = clientOn(socket);
      if (server.startTls) await client.startTLS(tls);
      return talk(conversation(client, server));
    });
  } finally {
    // Whatever still comes of it is nobody's business.
    socket.on('error', () => {});
    socket.destroy();
  }
}

function conversation(client: Client, { baseDn, scope, timeoutSeconds }: LdapServer): Conversation {
  return {
    async bind(dn, password) {
      // Either being empty is a login as nobody, which succeeds.
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

/** The client connects anew by itself when a connection breaks, then unencrypted or as nobody: here it cannot. */
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
    // An address cannot be asked for by name.
    ...(isIP(host) === 0 ? { servername: host } : {}),
    rejectUnauthorized: verify,
    ...(ca === null ? {} : { ca: await readFile(ca) }),
  };
}

/** The work, or a rejection with `complaint` when it takes longer. */
async function within<T>(seconds: number, complaint: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const late = AbortSignal.timeout(seconds * 1000);
  const outOfTime = new Promise<never>((_resolve, reject) => {
    late.addEventListener('abort', () => reject(new Error(`${complaint} within ${seconds} s`)), { once: true });
  });
  return Promise.race([work(late), outOfTime]);
}
