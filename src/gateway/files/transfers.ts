/** Requests for files that are being answered: each ends with its session, its desktop or its client. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { DeskpodError } from '#domain/errors.ts';
import type { TicketClaims } from '#domain/ports/auth.ts';
import type { Viewers } from '#domain/server/session-ends.ts';
import { type EndedClaims, ofDesktop, ofSession, ofUser } from '../ended.ts';
import { errorAnswer, type FilesAnswer } from './answer.ts';
import type { Exchange, FilesEvents } from './exchange.ts';
import { INSUFFICIENT_STORAGE, isNoRoom } from './failures.ts';
import { Pace } from './pace.ts';
import { pathOfUrl } from './paths.ts';
import type { Rooms } from './rooms.ts';
import { FilesService } from './service.ts';
import { UnfinishedUploads } from './unfinished.ts';

/** Of one user at the same time. A browser opens six connections to a server. */
const MOST_OPEN = 64;
/** A paused video reads nothing, and asks again when it goes on. */
const DOWNLOAD_IDLE_MS = 600_000;
const UPLOAD_IDLE_MS = 120_000;
/** A page of another origin can make a browser send these, but never read the answer. */
export const SAFE: ReadonlySet<string> = new Set(['GET', 'HEAD']);

export type Handler = (exchange: Exchange) => Promise<FilesAnswer>;

export interface TransfersDeps {
  /** Path prefix of everything, with a slash at both ends. */
  readonly prefix: string;
  /** Where the home folder is, below the prefix. */
  readonly root: string;
  readonly connect: (claims: TicketClaims, signal: AbortSignal) => Promise<Duplex>;
  /** Whether a screen of the user has bytes waiting. */
  readonly isBehind: (userId: string) => boolean;
  /** Of all that the gateway writes to homes. */
  readonly rooms: Rooms;
  readonly events: FilesEvents;
}

interface Open {
  readonly claims: TicketClaims;
  readonly end: AbortController;
}

export class Transfers implements Viewers {
  readonly #open = new Set<Open>();
  readonly #deps: TransfersDeps;
  readonly #unfinished: UnfinishedUploads;
  #isClosed = false;

  constructor(deps: TransfersDeps) {
    this.#deps = deps;
    this.#unfinished = new UnfinishedUploads(deps.events);
  }

  /** Throws once the server stops. */
  refuseIfClosed(): void {
    if (this.#isClosed) throw stopping();
  }

  async answer(request: IncomingMessage, claims: TicketClaims, handle: Handler): Promise<FilesAnswer> {
    this.refuseIfClosed();
    if (claims.files === undefined) throw new DeskpodError('forbidden', "This ticket doesn't include files.");
    const path = pathOfUrl(request.url ?? '/', this.#deps.root);
    const one = this.#enter(claims);
    const gone = (): void => one.end.abort(new DeskpodError('invalid_request', 'The browser disconnected.'));
    request.socket.once('close', gone);
    const leave = (): void => {
      request.socket.off('close', gone);
      this.#open.delete(one);
      // Frees what is still connected to the service.
      one.end.abort();
    };
    try {
      // It may have been closed meanwhile, and wouldn't say so again.
      if (request.socket.destroyed) gone();
      const answer = await handle(this.#exchange(request, one, path));
      const { body } = answer;
      if (typeof body === 'function') return { ...answer, body: (sink) => body(sink).finally(leave) };
      leave();
      return answer;
    } catch (error) {
      const why: unknown = one.end.signal.aborted ? one.end.signal.reason : error;
      leave();
      if (isNoRoom(why)) return errorAnswer(INSUFFICIENT_STORAGE, why);
      throw why;
    }
  }

  closeSession(sessionId: string): void {
    this.#close(ofSession(sessionId), loggedOut());
  }

  closeUser(userId: string, before: Date): void {
    this.#close(ofUser(userId, before), loggedOut());
  }

  closeDesktop(desktopId: string): void {
    this.#close(ofDesktop(desktopId), new DeskpodError('desktop_missing', 'The desktop was removed.'));
    this.#unfinished.closeDesktop(desktopId);
  }

  /** Ends everything, and refuses what comes later. */
  close(): void {
    this.#isClosed = true;
    this.#close(() => true, stopping());
    this.#unfinished.close();
  }

  #close(matches: (claims: EndedClaims) => boolean, why: DeskpodError): void {
    for (const { claims, end } of this.#open) if (matches(claims)) end.abort(why);
  }

  #enter(claims: TicketClaims): Open {
    const ofUserNow = [...this.#open].filter((other) => other.claims.userId === claims.userId).length;
    if (ofUserNow >= MOST_OPEN)
      throw new DeskpodError('too_many_open', `You have ${MOST_OPEN} transfers open, the most that you can have.`, {
        remedy: 'Wait until some have ended.',
      });
    const one = { claims, end: new AbortController() };
    this.#open.add(one);
    return one;
  }

  #exchange(request: IncomingMessage, { claims, end: { signal } }: Open, path: readonly string[]): Exchange {
    const { prefix, root, events, connect, isBehind, rooms } = this.#deps;
    const idleMs = SAFE.has(request.method ?? '') ? DOWNLOAD_IDLE_MS : UPLOAD_IDLE_MS;
    return {
      request,
      claims,
      path,
      query: new URLSearchParams(/\?([^#]*)/.exec(request.url ?? '')?.[1] ?? ''),
      prefix,
      root,
      locks: {},
      service: new FilesService((until) => connect(claims, until), claims.files?.credential ?? ''),
      signal,
      events,
      rooms,
      unfinished: this.#unfinished,
      pace: () => new Pace({ isBehind: () => isBehind(claims.userId), idleMs, signal }),
    };
  }
}

function loggedOut(): DeskpodError {
  return new DeskpodError('not_authenticated', 'You were logged out.');
}

function stopping(): DeskpodError {
  return new DeskpodError('engine_unavailable', 'The server is stopping.', { remedy: 'Try again in a moment.' });
}
