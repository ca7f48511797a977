/**
 * The home folder at `/dav/` for the file managers of other computers: WebDAV of classes 1 and 2 (RFC 4918), with an access
 * token. The api role exchanges the token for a ticket, and starts the desktop if none runs; from then on a request is
 * handled as one of a page.
 */
import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { DeskpodError } from '#domain/errors.ts';
import type { TicketClaims } from '#domain/ports/auth.ts';
import { DAV_PATH, type DavLogin } from '#protocol/access-token.ts';
import { ignore } from '#protocol/ignore.ts';
import { type AdmissionRules, claimsOfTicket } from '../admit.ts';
import { emptyAnswer, errorAnswer, type FilesAnswer } from '../files/answer.ts';
import { headerOf, makeFolder, moveOrCopy, remove } from '../files/changes.ts';
import { download } from '../files/download.ts';
import type { Exchange } from '../files/exchange.ts';
import type { Files } from '../files/files.ts';
import { list } from '../files/list.ts';
import { destinationOf, type FilePath } from '../files/paths.ts';
import { type Handler, Transfers, type TransfersDeps } from '../files/transfers.ts';
import { heldLocks, lock, setProperties, unlock } from './locks.ts';
import { loginOf } from './login.ts';
import { put } from './put.ts';

/** How long a ticket is used before the token is checked again, and the use of the desktop is noted. */
const FRESH_MS = 15_000;
/** For requests that take long. */
const RENEW_MS = 30_000;
const MOST_TICKETS = 1000;

const METHODS: Readonly<Record<string, Handler>> = {
  OPTIONS: async () => offer(),
  PROPFIND: list,
  PROPPATCH: locked(setProperties),
  GET: download,
  HEAD: download,
  PUT: locked(put),
  DELETE: locked(remove),
  MKCOL: locked(makeFolder),
  MOVE: locked(moveOrCopy),
  COPY: locked(moveOrCopy),
  LOCK: locked(lock),
  UNLOCK: unlock,
};
const ALLOW = Object.keys(METHODS).join(', ');
/** RFC 4918 says so for names that are taken. */
const TAKEN: Readonly<Record<string, number>> = { MKCOL: 405 };
const CHALLENGE = { 'www-authenticate': 'Basic realm="Deskpod files", charset="UTF-8"' };

export interface DavOptions extends Omit<AdmissionRules, 'allowedOrigin'>, Omit<TransfersDeps, 'root'> {
  /** Asks the api role. Rejects with `DeskpodError`, `login_refused` for a wrong token. */
  readonly ticketFor: (login: DavLogin) => Promise<string>;
}

interface Held {
  readonly ticket: Promise<string>;
  readonly until: number;
}

export function createDav(options: DavOptions): Files {
  const transfers = new Transfers({ ...options, root: DAV_PATH });
  const tickets = new Map<string, Held>();

  function ticketFor(login: DavLogin): Promise<string> {
    const key = createHash('sha256').update(JSON.stringify(login)).digest('base64url');
    const known = tickets.get(key);
    if (known !== undefined && known.until > performance.now()) return known.ticket;
    const ticket = options.ticketFor(login);
    tickets.delete(key);
    tickets.set(key, { ticket, until: performance.now() + FRESH_MS });
    const [oldest] = tickets.keys();
    if (tickets.size > MOST_TICKETS && oldest !== undefined) tickets.delete(oldest);
    // A refusal is none for the next request.
    ticket.catch((error: unknown) => {
      if (tickets.get(key)?.ticket === ticket) tickets.delete(key);
      ignore('the request says it')(error);
    });
    return ticket;
  }

  const admit = async (login: DavLogin): Promise<TicketClaims> => claimsOfTicket(options, await ticketFor(login));

  async function answered(request: IncomingMessage, handle: Handler): Promise<FilesAnswer> {
    transfers.refuseIfClosed();
    refusePages(request);
    const login = loginOf(request.headers);
    const answer = await transfers.answer(request, await admit(login), handle);
    const { body } = answer;
    if (typeof body !== 'function') return answer;
    // Without a valid token, a session ends after some time, and everything that is open with it.
    const renewing = setInterval(() => void admit(login).catch(ignore('its session ends')), RENEW_MS).unref();
    return { ...answer, body: (sink) => body(sink).finally(() => clearInterval(renewing)) };
  }

  const forget = (): void => tickets.clear();
  return {
    async answer(request) {
      const { method = '' } = request;
      const handle = METHODS[method];
      if (handle === undefined) {
        const error = new DeskpodError('not_found', `Files don’t have the method ${method}.`);
        return errorAnswer(405, error, { allow: ALLOW });
      }
      try {
        return await answered(request, handle);
      } catch (error) {
        if (!(error instanceof DeskpodError)) throw error;
        if (error.code === 'login_refused' || error.code === 'not_authenticated')
          return errorAnswer(401, error, CHALLENGE);
        if (error.code === 'name_taken') return errorAnswer(TAKEN[method] ?? 412, error);
        // The ticket may be one for a desktop that has ended.
        if (error.code === 'service_unavailable' || error.code === 'desktop_missing') forget();
        throw error;
      }
    },
    closeSession(sessionId) {
      forget();
      transfers.closeSession(sessionId);
    },
    closeUser(userId, before) {
      forget();
      transfers.closeUser(userId, before);
    },
    closeDesktop(desktopId) {
      forget();
      transfers.closeDesktop(desktopId);
    },
    close: () => transfers.close(),
  };
}

function offer(): FilesAnswer {
  return emptyAnswer(200, { allow: ALLOW, dav: '1, 2', 'ms-author-via': 'DAV', 'accept-ranges': 'bytes' });
}

/** Passes the locks of the request on, if they still exist. */
function locked(handle: Handler): Handler {
  return async (exchange) => handle({ ...exchange, locks: await heldLocks(exchange, pathsOf(exchange)) });
}

function pathsOf({ request, path, prefix, root }: Exchange): FilePath[] {
  const { destination, host } = request.headers;
  return destination === undefined ? [path] : [path, destinationOf(headerOf(destination), host, prefix, root)];
}

/** A browser that knows the access token would send it with requests that pages of other servers cause. */
function refusePages({ headers }: IncomingMessage): void {
  const site = headers['sec-fetch-site'];
  if (headers.origin === undefined && (site === undefined || site === 'none')) return;
  throw new DeskpodError('forbidden', 'Pages can’t open files here.', {
    remedy: 'Use the Files panel of the desktop.',
  });
}
