/** One admitted request for files, and what its handler works with. */
import type { IncomingMessage } from 'node:http';
import type { TicketClaims, TransferRight } from '#domain/ports/auth.ts';
import { SHARED_FOLDER } from '#domain/desktops/shared-folders.ts';
import { DeskpodError } from '#domain/errors.ts';
import { notAllowed } from './failures.ts';
import type { Pace } from './pace.ts';
import { type FilePath, shownPath } from './paths.ts';
import type { Rooms } from './rooms.ts';
import type { FilesService } from './service.ts';
import type { UnfinishedEvents, UnfinishedUploads } from './unfinished.ts';

export interface FilesEvents extends UnfinishedEvents {
  /** A file got its name. */
  fileUploaded(user: string, desktop: string, path: string, bytes: number): void;
  /** `bytes` were sent, at the end or when it broke off. */
  fileDownloaded(user: string, desktop: string, path: string, bytes: number): void;
}

export interface Exchange {
  readonly request: IncomingMessage;
  readonly claims: TicketClaims;
  readonly path: FilePath;
  readonly query: URLSearchParams;
  /** Of this installation, with a slash at both ends. */
  readonly prefix: string;
  /** `/files/` or `/dav/`. */
  readonly root: string;
  /** For the service, of a program that has locked files: the header `If` with its locks. */
  readonly locks: Readonly<Record<string, string>>;
  readonly service: FilesService;
  /** Aborts when the session, the desktop or the client is gone. */
  readonly signal: AbortSignal;
  readonly events: FilesEvents;
  readonly rooms: Rooms;
  readonly unfinished: UnfinishedUploads;
  /** For the bytes of a file. */
  readonly pace: () => Pace;
}

/** Throws `forbidden`; returns the most bytes of one file. */
export function requireRight({ claims }: Exchange, verb: 'upload' | 'download'): number {
  const right: TransferRight | undefined = claims.rights[verb];
  if (right?.allowed !== true) throw notAllowed(verb);
  return right.maxBytes ?? Number.POSITIVE_INFINITY;
}

/** Throws `forbidden` for what is in a read-only shared folder, and for a shared folder itself. */
export function requireChangeable({ claims }: Pick<Exchange, 'claims'>, path: FilePath): void {
  const [top, name] = path;
  const shared = claims.rights.shared ?? [];
  if (shared.length === 0 || top !== SHARED_FOLDER) return;
  const found = shared.find((each) => each.name === name);
  if (name === undefined || (found !== undefined && path.length === 2))
    throw new DeskpodError(
      'forbidden',
      `${shownPath(path)} is a shared folder, which only an administrator can change.`,
    );
  if (found?.readOnly !== true) return;
  throw new DeskpodError('forbidden', `The shared folder ${name} is read-only.`, {
    remedy: 'Put the file into another folder.',
  });
}

/** The headers of the request with these names. */
export function pick({ headers }: IncomingMessage, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = headers[name];
      return typeof value === 'string' ? [[name, value]] : [];
    }),
  );
}
