/** The terminal's WebSocket door: who may open which, then bytes between browser and engine. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { z } from 'zod';
import { DeskpodError } from '#domain/errors.ts';
import type { ExecSession } from '#domain/engine.ts';
import { acceptWebSocket } from './accept.ts';
import { bridgeTerminal } from './terminal.ts';
import { urlOf } from './upgrade.ts';

const OPEN_TIMEOUT_MS = 15_000;

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
}

/** Handles `GET /api/v1/terminal`; protocol/terminal.ts says what is spoken after it. */
export function terminalUpgrade(deps: TerminalDeps) {
  return async (request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> => {
    if (!deps.allowedOrigin(request.headers.origin, request.headers.host)) {
      throw new DeskpodError('forbidden', 'This page may not open a terminal.');
    }
    const { searchParams } = urlOf(request);
    const query = Query.safeParse({ ...Object.fromEntries(searchParams), command: searchParams.getAll('command') });
    if (!query.success) throw new DeskpodError('invalid_request', z.prettifyError(query.error));
    const gone = new AbortController();
    socket.once('close', () => gone.abort());
    // Bounds the opening alone: the session itself lasts as long as its socket.
    const late = setTimeout(
      () => gone.abort(new DeskpodError('timeout', 'The terminal did not open.')),
      OPEN_TIMEOUT_MS,
    );
    const session = await deps.open(request, query.data, gone.signal).finally(() => clearTimeout(late));
    try {
      bridgeTerminal(await acceptWebSocket(request, socket, head), session);
    } catch (error) {
      session.stream.destroy();
      throw error;
    }
  };
}
