/** The WebSocket endpoint for terminals: checks who may open which, then relays bytes between client and engine. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { z } from 'zod';
import { waitAtMost } from '#domain/deadlines.ts';
import { DeskpodError } from '#domain/errors.ts';
import { CloseCode } from '#protocol/screen.ts';
import { parseTerminalQuery, type TerminalRequest } from '#protocol/terminal.ts';
import { acceptWebSocket } from './accept.ts';
import { type AllowedOrigin, originRefused } from './origin.ts';
import { bridgeTerminal, type TerminalEnd } from './terminal.ts';
import { urlOf } from './upgrade.ts';

const OPEN_TIMEOUT_MS = 15_000;
const CLOSE_TIMEOUT_MS = 2_000;

export interface TerminalDeps {
  readonly allowedOrigin: AllowedOrigin;
  /** Authenticates the caller, finds the target among their own, and starts the command; fails with `DeskpodError`. */
  open(request: IncomingMessage, terminal: TerminalRequest, signal: AbortSignal): Promise<OpenedTerminal>;
}

export interface OpenedTerminal {
  readonly exec: TerminalEnd;
  readonly sessionId: string;
  /** Aborts when the session ends; null for the local administrator's, which never ends. */
  readonly sessionEnded: AbortSignal | null;
}

export interface Terminals {
  /** Handles `GET /api/v1/terminal`; protocol/terminal.ts describes the protocol. */
  readonly handleUpgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => Promise<void>;
  /** Closes the terminals of a session that ended. */
  closeSession(sessionId: string): void;
  /** Closes all; resolves when their commands have ended, or after a moment. */
  close(): Promise<void>;
}

export function createTerminals(deps: TerminalDeps): Terminals {
  const open = new Map<WebSocket, OpenedTerminal>();
  const leave = (ws: WebSocket): void => ws.close(CloseCode.sessionEnded, 'you were logged out');

  return {
    closeSession(sessionId) {
      for (const [ws, { sessionId: owner }] of open) if (owner === sessionId) leave(ws);
    },
    async close() {
      const ends = [...open].map(([ws, { exec }]) => {
        ws.close(CloseCode.serverStopping, 'the server is stopping');
        exec.stream.destroy();
        return exec.exitCode;
      });
      if (ends.length > 0) await waitAtMost(CLOSE_TIMEOUT_MS, Promise.allSettled(ends), null);
    },
    async handleUpgrade(request, socket, head) {
      if (!deps.allowedOrigin(request.headers)) {
        throw originRefused(request.headers.origin);
      }
      const query = parseTerminalQuery(urlOf(request).searchParams);
      if (!query.success) throw new DeskpodError('invalid_request', z.prettifyError(query.error));
      const gone = new AbortController();
      socket.once('close', () => gone.abort());
      // Limits the opening only: the session lasts as long as its socket.
      const timer = setTimeout(
        () => gone.abort(new DeskpodError('timeout', "The terminal didn't open in time.")),
        OPEN_TIMEOUT_MS,
      );
      const opened = deps.open(request, query.data, gone.signal).finally(() => clearTimeout(timer));
      const session = await opened;
      try {
        // The client may have left meanwhile.
        gone.signal.throwIfAborted();
        const ws = await acceptWebSocket(request, socket, head);
        open.set(ws, session);
        ws.once('close', () => open.delete(ws));
        bridgeTerminal(ws, session.exec, { tagged: !query.data.tty });
        // It may have ended while the terminal opened.
        if (session.sessionEnded?.aborted) leave(ws);
      } catch (error) {
        session.exec.stream.destroy();
        throw error;
      }
    },
  };
}
