/**
 * Files of a desktop's home folder at `/files/`: a part of WebDAV, for pages of this server with a ticket. Each request is
 * checked and passed on to the desktop's files service, and ends with its session.
 */
import type { IncomingMessage } from 'node:http';
import { parse } from 'node:querystring';
import { DeskpodError } from '#domain/errors.ts';
import type { Viewers } from '#domain/server/session-ends.ts';
import { FILES_PATH } from '#protocol/files.ts';
import { type AdmissionRules, claimsOfTicket } from '../admit.ts';
import { originRefused } from '../origin.ts';
import { errorAnswer, type FilesAnswer } from './answer.ts';
import { archive, archiveOfForm } from './archive.ts';
import { makeFolder, moveOrCopy, remove } from './changes.ts';
import { download } from './download.ts';
import { find } from './find.ts';
import { list } from './list.ts';
import { type Handler, SAFE, Transfers, type TransfersDeps } from './transfers.ts';
import { upload } from './upload.ts';

const METHODS: Readonly<Record<string, Handler>> = {
  GET: (exchange) => {
    if (exchange.query.has('find')) return find(exchange);
    return exchange.query.has('zip') ? archive(exchange) : download(exchange);
  },
  HEAD: download,
  POST: archiveOfForm,
  PUT: upload,
  DELETE: remove,
  MKCOL: makeFolder,
  MOVE: moveOrCopy,
  COPY: moveOrCopy,
  PROPFIND: list,
};

export interface FilesOptions extends AdmissionRules, Omit<TransfersDeps, 'root'> {
  /** Of the ticket. */
  readonly cookieName: string;
}

export interface Files extends Viewers {
  /** Rejects with `DeskpodError`. */
  answer(request: IncomingMessage): Promise<FilesAnswer>;
  /** Ends everything, and refuses what comes later. */
  close(): void;
}

export function createFiles(options: FilesOptions): Files {
  const transfers = new Transfers({ ...options, root: FILES_PATH });
  return {
    async answer(request) {
      transfers.refuseIfClosed();
      const { method = '' } = request;
      const handle = METHODS[method];
      if (handle === undefined) return notAllowedMethod(method);
      checkPage(options, request);
      return transfers.answer(request, await claimsOfTicket(options, ticketOf(request, options.cookieName)), handle);
    },
    closeSession: (sessionId) => transfers.closeSession(sessionId),
    closeUser: (userId, before) => transfers.closeUser(userId, before),
    closeDesktop: (desktopId) => transfers.closeDesktop(desktopId),
    close: () => transfers.close(),
  };
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
