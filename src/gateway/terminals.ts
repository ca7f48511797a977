/** The terminal's WebSocket door: who may open which, then bytes between browser and engine. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { WebSocket } from 'ws';
import { z } from 'zod';
import { DeskpodError } from '#domain/errors.ts';
import { CloseCode } from '#protocol/screen.ts';
import { acceptWebSocket } from './accept.ts';
import { bridgeTerminal, type TerminalEnd } from './terminal.ts';
import { urlOf } from './upgrade.ts';

const OPEN_TIMEOUT_MS = 15_000;
const CLOSE_TIMEOUT_MS = 2_000;

const Query = z.object({
  columns: z.coerce.number().int().min(1).max(1000).default(80),
  rows: z.coerce.number().int().min(1).max(1000).default(24),
  launch: z.string().max(253).optional(),
  /** A debug session, whose terminal is shared; without a launch. */
  debug: z.uuid().optional(),
  /** The program and its arguments; a login shell without. */
  command: z.array(z.string().max(4096)).max(64),
  /** `0` for bytes as they are, without a terminal. */
  tty: z.enum(['0', '1']).default('1'),
});
export type TerminalWish = z.output<typeof Query>;

export interface TerminalDeps {
  allowedOrigin(origin: string | undefined, host: string | undefined): boolean;
  /** Proves the caller, finds the target within what is theirs, and starts the command; fails with `DeskpodError`. */
  open(
    request: IncomingMessage,
    wish: TerminalWish,
    signal: AbortSignal,
  ): Promise<{ readonly exec: TerminalEnd; readonly sessionId: string }>;
}

export interface Terminals {
  /** Handles `GET /api/v1/terminal`; protocol/terminal.ts says what is spoken after it. */
  readonly handleUpgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => Promise<void>;
  /** Closes the terminals of a session that was left. */
  closeSession(sessionId: string): void;
  /** Closes all; resolves when their commands have ended, or a moment later. */
  close(): Promise<void>;
}

export function createTerminals(deps: TerminalDeps): Terminals {
  const open = new Map<WebSocket, { readonly exec: TerminalEnd; readonly sessionId: string }>();

  return {
    closeSession(sessionId) {
      for (const [ws, { sessionId: owner }] of open)
        if (owner === sessionId) ws.close(CloseCode.sessionEnded, 'you were logged out');
    },
    async close() {
      const ends = [...open].map(([ws, { exec }]) => {
        ws.close(CloseCode.serverStopping, 'the server stops');
        exec.stream.destroy();
        return exec.exitCode;
      });
      const late = delay(CLOSE_TIMEOUT_MS, undefined, { ref: false });
      if (ends.length > 0) await Promise.race([Promise.allSettled(ends), late]);
    },
    async handleUpgrade(request, socket, head) {
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
      const opened = deps.open(request, query.data, gone.signal).finally(() => clearTimeout(late));
      const session = await opened;
      try {
        const ws = await acceptWebSocket(request, socket, head);
        open.set(ws, session);
        ws.once('close', () => open.delete(ws));
        bridgeTerminal(ws, session.exec);
      } catch (error) {
        session.exec.stream.destroy();
        throw error;
      }
    },
  };
}
