/**
 * Files of a desktop's home folder at `/files/`: a part of WebDAV, for pages of this server with a ticket. Each request is
 * checked and passed on to the desktop's files service, and ends with its session.
 */
import type { IncomingMessage } from 'node:http';
import { parse } from 'node:querystring';
import type { Duplex } from 'node:stream';
import type { TicketClaims } from '#domain/ports/auth.ts';
import { DeskpodError } from '#domain/errors.ts';
import { ignore } from '#protocol/ignore.ts';
import { type AdmissionRules, claimsOfTicket } from '../admit.ts';
import { type EndedClaims, ofDesktop, ofSession, ofUser } from '../ended.ts';
import { originRefused } from '../origin.ts';
import { errorAnswer, type FilesAnswer } from './answer.ts';
import { archive } from './archive.ts';
import { makeFolder, moveOrCopy, remove } from './changes.ts';
import { download } from './download.ts';
import type { Exchange, FilesEvents } from './exchange.ts';
import { INSUFFICIENT_STORAGE, isNoRoom } from './failures.ts';
import { find } from './find.ts';
import { list } from './list.ts';
import { Pace } from './pace.ts';
import { pathOfUrl } from './paths.ts';
import { FilesService } from './service.ts';
import { upload } from './upload.ts';

/** Of one user at the same time. A browser opens six connections to a server. */
const MOST_OPEN = 64;
/** A paused video reads nothing, and asks again when it goes on. */
const DOWNLOAD_IDLE_MS = 600_000;
const UPLOAD_IDLE_MS = 120_000;
/** A page of another origin can make a browser send these, but never read the answer. */
const SAFE = new Set(['GET', 'HEAD']);

const METHODS: Readonly<Record<string, (exchange: Exchange) => Promise<FilesAnswer>>> = {
  GET: (exchange) => {
    if (exchange.query.has('find')) return find(exchange);
    return exchange.query.has('zip') ? archive(exchange) : download(exchange);
  },
  HEAD: download,
  PUT: upload,
  DELETE: remove,
  MKCOL: makeFolder,
  MOVE: moveOrCopy,
  COPY: moveOrCopy,
  PROPFIND: list,
};

export interface FilesOptions extends AdmissionRules {
  /** Of the ticket. */
  readonly cookieName: string;
  /** Path prefix of everything, with a slash at both ends. */
  readonly prefix: string;
  readonly connect: (claims: TicketClaims, signal: AbortSignal) => Promise<Duplex>;
  /** Whether a screen of the user has bytes waiting. */
  readonly isBehind: (userId: string) => boolean;
  readonly events: FilesEvents;
}

export interface Files {
  /** Rejects with `DeskpodError`. */
  answer(request: IncomingMessage): Promise<FilesAnswer>;
  closeSession(sessionId: string): void;
  /** Those of the user's sessions that started until then. */
  closeUser(userId: string, before: Date): void;
  closeDesktop(desktopId: string): void;
  /** Ends everything, and refuses what comes later. */
  close(): void;
}

interface Open {
  readonly claims: TicketClaims;
  readonly end: AbortController;
}

export function createFiles(options: FilesOptions): Files {
  const open = new Set<Open>();
  let closed = false;

  const closeAll = (matches: (claims: EndedClaims) => boolean, why: DeskpodError): void => {
    for (const { claims, end } of open) if (matches(claims)) end.abort(why);
  };

  return {
    async answer(request) {
      if (closed) throw stopping();
      const { method = '' } = request;
      const handle = METHODS[method];
      if (handle === undefined) return notAllowedMethod(method);
      checkPage(options, request);
      const claims = await claimsOfTicket(options, ticketOf(request, options.cookieName));
      if (claims.files === undefined) throw new DeskpodError('forbidden', "This ticket doesn't include files.");
      const path = pathOfUrl(request.url ?? '/');
      const one = enter(claims);
      const gone = (): void => one.end.abort(new DeskpodError('invalid_request', 'The browser disconnected.'));
      request.socket.once('close', gone);
      const leave = (): void => {
        request.socket.off('close', gone);
        open.delete(one);
        // Frees what is still connected to the service.
        one.end.abort();
      };
      try {
        // It may have been closed meanwhile, and wouldn't say so again.
        if (request.socket.destroyed) gone();
        const answer = await handle(exchangeOf(request, one, path));
        if (answer.body === null || typeof answer.body === 'string') leave();
        else answer.body.once('close', leave);
        return answer;
      } catch (error) {
        const why: unknown = one.end.signal.aborted ? one.end.signal.reason : error;
        leave();
        if (isNoRoom(why)) return errorAnswer(INSUFFICIENT_STORAGE, why);
        throw why;
      }
    },
    closeSession: (sessionId) => closeAll(ofSession(sessionId), loggedOut()),
    closeUser: (userId, before) => closeAll(ofUser(userId, before), loggedOut()),
    closeDesktop: (desktopId) =>
      closeAll(ofDesktop(desktopId), new DeskpodError('desktop_missing', 'The desktop was removed.')),
    close: () => {
      closed = true;
      closeAll(() => true, stopping());
    },
  };

  function enter(claims: TicketClaims): Open {
    const ofUserNow = [...open].filter((other) => other.claims.userId === claims.userId).length;
    if (ofUserNow >= MOST_OPEN)
      throw new DeskpodError('too_many_open', `You have ${MOST_OPEN} transfers open, the most that you can have.`, {
        remedy: 'Wait until some have ended.',
      });
    const one = { claims, end: new AbortController() };
    open.add(one);
    return one;
  }

  function exchangeOf(request: IncomingMessage, { claims, end: { signal } }: Open, path: readonly string[]): Exchange {
    const { prefix, events, connect, isBehind } = options;
    const idleMs = SAFE.has(request.method ?? '') ? DOWNLOAD_IDLE_MS : UPLOAD_IDLE_MS;
    return {
      request,
      claims,
      path,
      query: new URLSearchParams(/\?([^#]*)/.exec(request.url ?? '')?.[1] ?? ''),
      prefix,
      service: new FilesService((until) => connect(claims, until), claims.files?.credential ?? ''),
      signal,
      events,
      pace() {
        const pace = new Pace({ isBehind: () => isBehind(claims.userId), idleMs });
        // It may end before anything reads or writes it.
        pace.on('error', ignore('the answer, or the broken connection, says it'));
        const end = (): void => void pace.destroy(signal.reason);
        if (signal.aborted) end();
        signal.addEventListener('abort', end, { once: true });
        pace.once('close', () => signal.removeEventListener('abort', end));
        return pace;
      },
    };
  }
}

/** The cookie comes along with requests that other pages cause. */
function checkPage(
  { allowedOrigin }: Pick<FilesOptions, 'allowedOrigin'>,
  { headers, method = '' }: IncomingMessage,
): void {
  const { origin, 'sec-fetch-site': site } = headers;
  const isSafe = SAFE.has(method);
  const isOurs =
    site === undefined ? isSafe || origin !== undefined : site === 'same-origin' || (isSafe && site === 'none');
  if (!isOurs)
    throw new DeskpodError('forbidden', 'Files are opened only by pages of this server.', {
      remedy: 'Open the desktop and its files there.',
    });
  if (!allowedOrigin(headers)) throw originRefused(origin);
}

function ticketOf({ headers }: IncomingMessage, cookieName: string): string | null {
  const ticket = parse(headers.cookie ?? '', '; ')[cookieName];
  return typeof ticket === 'string' ? ticket : null;
}

function notAllowedMethod(method: string): FilesAnswer {
  const error = new DeskpodError('not_found', `Files don’t have the method ${method}.`);
  return errorAnswer(405, error, { allow: Object.keys(METHODS).join(', ') });
}

function loggedOut(): DeskpodError {
  return new DeskpodError('not_authenticated', 'You were logged out.');
}

function stopping(): DeskpodError {
  return new DeskpodError('engine_unavailable', 'The server is stopping.', { remedy: 'Try again in a moment.' });
}
