/** `/files/` and `/dav/` of a real server, with tickets that say what they allow, in front of any files service. */
import type { Socket } from 'node:net';
import type { SharedRight, TicketClaims, TransferRight } from '#domain/ports/auth.ts';
import type { Endpoint } from '#domain/ports/engine.ts';
import { ANY_HOST } from '#domain/server/hosts.ts';
import { DeskpodError } from '#domain/errors.ts';
import type { DavLogin } from '#protocol/access-token.ts';
import { createEvents } from '#events';
import { createDav } from '#gateway/dav/dav.ts';
import { createFiles, type Files } from '#gateway/files/files.ts';
import { Rooms } from '#gateway/files/rooms.ts';
import { originPolicy } from '#gateway/origin.ts';
import { connectTcp } from '#gateway/screen-connect.ts';
import { filesRoutes } from '#http/files.ts';
import { plainServer, type Timeouts, TIMEOUTS } from '#http/listen.ts';
import { buildServer } from '#http/server.ts';
import { applyTrustedProxies, createTrustedProxies } from '#http/trusted-proxies.ts';

/** Opens `/dav/` as hermes. */
export const TOKEN = 'deskpod_secret';
const ANY: TransferRight = { allowed: true, maxBytes: null };

export interface FilesServerOptions {
  readonly service: Endpoint;
  readonly password?: string;
  readonly prefix?: string;
  readonly timeouts?: Timeouts;
  readonly isBehind?: () => boolean;
  /** Default: TCP to the service. */
  readonly connect?: (signal: AbortSignal) => Promise<Socket>;
  /** Of tickets for `/dav/`. */
  readonly dav?: {
    readonly upload?: TransferRight;
    readonly download?: TransferRight;
    readonly shared?: SharedRight[];
  };
}

export interface Transfer {
  /** `left`: a part that got no name. */
  readonly direction: 'up' | 'left' | 'down';
  readonly path: string;
  readonly bytes: number;
}

export interface FilesServer extends AsyncDisposable {
  readonly url: string;
  readonly files: Files;
  readonly dav: Files;
  /** Who asked for tickets for `/dav/`. */
  readonly logins: readonly DavLogin[];
  /** The audit records. */
  readonly transfers: readonly Transfer[];
  /** The `Cookie` of a ticket. */
  readonly cookie: (rights?: { upload?: TransferRight; download?: TransferRight }, sessionId?: string) => string;
  /** A request as a page of this server sends it, with all rights unless it has a cookie. */
  readonly ask: (method: string, path: string, init?: Omit<RequestInit, 'method'>) => Promise<Response>;
}

export async function filesServer(options: FilesServerOptions): Promise<FilesServer> {
  const { service, password = 'secret', prefix = '/', timeouts = TIMEOUTS, isBehind = () => false } = options;
  const { connect = (signal) => connectTcp(service, signal) } = options;
  const events = createEvents({ level: 'silent', format: 'json' });
  const tickets = new Map<string, TicketClaims>();
  const transfers: Transfer[] = [];
  const common = {
    tickets: {
      verify: async (ticket: string) => {
        const claims = tickets.get(ticket);
        return claims === undefined ? null : { ...claims, expiresAt: new Date(Date.now() + 60_000) };
      },
    },
    prefix,
    connect: (_claims: TicketClaims, signal: AbortSignal) => connect(signal),
    isBehind,
    rooms: new Rooms(),
    events: {
      fileUploaded: (_user: string, _desktop: string, path: string, bytes: number) =>
        void transfers.push({ direction: 'up', path, bytes }),
      fileUploadUnfinished: (_user: string, _desktop: string, path: string, bytes: number) =>
        void transfers.push({ direction: 'left', path, bytes }),
      fileDownloaded: (_user: string, _desktop: string, path: string, bytes: number) =>
        void transfers.push({ direction: 'down', path, bytes }),
    },
  };
  const files = createFiles({ ...common, allowedOrigin: originPolicy([], () => {}), cookieName: 'ticket' });
  const logins: DavLogin[] = [];
  const dav = createDav({
    ...common,
    async ticketFor(login) {
      logins.push(login);
      if (login.userId !== 'hermes' || login.token !== TOKEN) throw new DeskpodError('login_refused', 'Wrong.');
      return issue(options.dav, 'token-1');
    },
  });
  const { app, listening } = await buildServer({
    events,
    listen: (handler) => plainServer(handler, timeouts),
    plugins: [filesRoutes(() => files), filesRoutes(() => dav, '/dav')],
    userOf: () => null,
  });
  const trusted = { trustedProxies: [], gatewayToken: null, path: prefix, hosts: ANY_HOST };
  applyTrustedProxies(listening.servers, createTrustedProxies(trusted));
  const origin = await app.listen({ port: 0, host: '127.0.0.1' });
  const url = `${origin}${prefix.replace(/\/$/, '')}`;
  const issue = (
    { upload = ANY, download = ANY, shared = [] }: FilesServerOptions['dav'] = {},
    sessionId = 's',
  ): string => {
    const ticket = `ticket-${tickets.size}`;
    tickets.set(ticket, {
      desktopId: 'hermes-0a1b2',
      userId: 'hermes',
      sessionId,
      vncPassword: '',
      screen: null,
      uid: 'uid-1',
      files: { endpoint: service, credential: password },
      rights: { screen: 'none', clipboardIn: false, clipboardOut: false, upload, download, shared },
    });
    return ticket;
  };
  const cookie: FilesServer['cookie'] = (rights, sessionId) => `theme=dark; ticket=${issue(rights, sessionId)}`;
  const all = cookie();
  return {
    url,
    files,
    dav,
    logins,
    transfers,
    cookie,
    ask: (method, path, { headers, ...init } = {}) =>
      fetch(`${url}${path}`, {
        method,
        redirect: 'manual',
        headers: { cookie: all, 'sec-fetch-site': 'same-origin', ...Object.fromEntries(new Headers(headers)) },
        ...init,
      }),
    async [Symbol.asyncDispose]() {
      files.close();
      dav.close();
      await app.close();
    },
  };
}
