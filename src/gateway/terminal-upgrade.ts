/** The terminal's WebSocket door: who may open which, then bytes between browser and engine. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { z } from 'zod';
import { DeskpodError } from '#domain/errors.ts';
import type { ExecSession } from '#domain/engine.ts';
import { bridgeTerminal } from './terminal.ts';
import { refuse } from './upgrade.ts';

const OPEN_TIMEOUT_MS = 15_000;
const MAX_INPUT_BYTES = 256 * 1024;

const Query = z.object({
  columns: z.coerce.number().int().min(1).max(1000).default(80),
  rows: z.coerce.number().int().min(1).max(1000).default(24),
  launch: z.string().max(253).optional(),
  /** The program and its arguments; a login shell without. */
  command: z.array(z.string().max(4096)).max(64),
  /** `0` for bytes as they are, without a terminal. */
  tty: z.enum(['0', '1']).default('1'),
});
export type TerminalWish = z.output<typeof Query>;

export interface TerminalDeps {
  allowedOrigin(origin: string | undefined, host: string | undefined): boolean;
  /** Proves the caller, finds the target within what is theirs, and starts the command; fails with `DeskpodError`. */
  open(request: IncomingMessage, wish: TerminalWish, signal: AbortSignal): Promise<ExecSession>;
  failed(what: string, error: unknown): void;
}

const STATUS = { not_authenticated: 401, forbidden: 403, not_found: 404, desktop_missing: 409, invalid_request: 400 };

/** Handles `GET /api/v1/terminal`; see protocol/terminal.ts for what is spoken after it. */
export function terminalUpgrade(deps: TerminalDeps) {
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: MAX_INPUT_BYTES });

  return async (request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> => {
    if (!deps.allowedOrigin(request.headers.origin, request.headers.host)) {
      return refuse(socket, 403, 'This page may not open a terminal.');
    }
    const { searchParams } = new URL(request.url ?? '/', 'http://localhost');
    const query = Query.safeParse({ ...Object.fromEntries(searchParams), command: searchParams.getAll('command') });
    if (!query.success) return refuse(socket, 400, z.prettifyError(query.error));
    const gone = new AbortController();
    socket.once('close', () => gone.abort());
    let session: ExecSession;
    try {
      session = await deps.open(
        request,
        query.data,
        AbortSignal.any([gone.signal, AbortSignal.timeout(OPEN_TIMEOUT_MS)]),
      );
    } catch (error) {
      const code = error instanceof DeskpodError ? error.code : 'internal_error';
      const status = Object.entries(STATUS).find(([known]) => known === code)?.[1] ?? 503;
      if (!(error instanceof DeskpodError)) deps.failed('opening a terminal', error);
      return refuse(
        socket,
        status,
        error instanceof DeskpodError ? error.message : 'The terminal could not be opened.',
      );
    }
    if (gone.signal.aborted) {
      session.stream.destroy();
      return;
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) => bridgeTerminal(webSocket, session));
  };
}
