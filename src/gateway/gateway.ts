/**
 * The gateway: lets a browser with a ticket see and use one desktop. It checks the ticket, enters the desktop's screen
 * in the browser's place, then moves bytes; what a viewer does not have the right to send stays here.
 */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { TicketClaims } from '#domain/auth.ts';
import { DeskpodError } from '#domain/errors.ts';
import { CloseCode } from '#protocol/screen.ts';
import { acceptWebSocket } from './accept.ts';
import { type AdmissionRules, admit } from './admit.ts';
import { refuse } from './refusal.ts';
import { enterDesktop } from './rfb/desktop-handshake.ts';
import { opening } from './rfb/rights.ts';
import { Viewer } from './viewer.ts';

const CONNECT_MS = 10_000;
const HEARTBEAT_MS = 30_000;

export interface GatewayEvents {
  screenConnected(user: string, desktop: string): void;
  /** `bytes` went to the viewer. */
  screenClosed(user: string, desktop: string, bytes: number, ms: number, reason: string): void;
  warn(message: string, about?: object): void;
}

export interface GatewayOptions extends AdmissionRules {
  /** The way to the screen: screen-connect.ts. */
  connect(claims: TicketClaims, signal: AbortSignal): Promise<Duplex>;
  readonly events: GatewayEvents;
  /** A peer that answers no ping within one to two of these is dead. */
  readonly heartbeatMs?: number;
}

export interface Gateway {
  /** Owns the socket from the first line on; ends in 101 or a refusal, and never rejects. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void>;
  /** Closes what the session opened, also what is just being opened. */
  closeSession(sessionId: string): void;
  closeDesktop(desktopId: string): void;
  close(): void;
}

/** Something open, or being opened, that can be closed. */
interface Opened {
  readonly claims: TicketClaims;
  close(code: CloseCode, reason: string): void;
}

export function createGateway(options: GatewayOptions): Gateway {
  const opened = new Set<Opened>();
  const viewers = new Set<Viewer>();
  const heartbeat = setInterval(() => {
    for (const viewer of viewers) viewer.beat();
  }, options.heartbeatMs ?? HEARTBEAT_MS).unref();
  let closed = false;

  const closeThose = (which: (claims: TicketClaims) => boolean, code: CloseCode, reason: string): void => {
    for (const one of opened) if (which(one.claims)) one.close(code, reason);
  };

  return {
    async handleUpgrade(request, socket, head) {
      socket.on('error', () => socket.destroy());
      try {
        if (closed) throw new DeskpodError('engine_unavailable', 'The server is stopping.');
        const claims = await admit(options, request);
        await open(claims, request, socket, head);
      } catch (error) {
        const status = refuse(socket, error);
        const reason = error instanceof Error ? error.message : 'unknown';
        if (!socket.destroyed) options.events.warn('screen refused', { status, reason });
      }
    },
    closeSession: (sessionId) =>
      closeThose((claims) => claims.sessionId === sessionId, CloseCode.sessionEnded, 'you were logged out'),
    closeDesktop: (desktopId) =>
      closeThose((claims) => claims.desktopId === desktopId, CloseCode.desktopGone, 'the desktop was removed'),
    close: () => {
      closed = true;
      clearInterval(heartbeat);
      closeThose(() => true, CloseCode.serverStopping, 'the server stops');
    },
  };

  /** Everything that can fail is done before the upgrade, while there is still a status to tell it with. */
  async function open(claims: TicketClaims, request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const abort = new AbortController();
    const pending: Opened = { claims, close: (code, reason) => abort.abort(stopped(code, reason)) };
    const gone = (): void => abort.abort(new DeskpodError('invalid_request', 'The viewer went away.'));
    opened.add(pending);
    socket.once('close', gone);
    let desktop: Duplex | null = null;
    try {
      const signal = AbortSignal.any([abort.signal, AbortSignal.timeout(CONNECT_MS)]);
      desktop = await options.connect(claims, signal);
      // Until the viewer listens; reading and writing tell what went wrong.
      desktop.on('error', () => {});
      const serverInit = await enterDesktop(desktop, claims.vncPassword, opening(claims.rights), signal);
      abort.signal.throwIfAborted();
      show(new Viewer(await acceptWebSocket(request, socket, head), desktop, serverInit, claims));
    } catch (error) {
      desktop?.destroy();
      throw abort.signal.aborted ? abort.signal.reason : unavailable(error);
    } finally {
      opened.delete(pending);
      socket.off('close', gone);
    }
  }

  function show(viewer: Viewer): void {
    const { userId, desktopId } = viewer.claims;
    opened.add(viewer);
    viewers.add(viewer);
    options.events.screenConnected(userId, desktopId);
    viewer.onEnd(({ code, reason, bytes, ms }) => {
      opened.delete(viewer);
      viewers.delete(viewer);
      options.events.screenClosed(userId, desktopId, bytes, ms, reason || `closed by the viewer (${code})`);
    });
  }
}

/** What a viewer is told that was not yet let in. */
function stopped(code: CloseCode, reason: string): DeskpodError {
  if (code === CloseCode.sessionEnded) return new DeskpodError('not_authenticated', 'You were logged out.');
  if (code === CloseCode.desktopGone) return new DeskpodError('desktop_missing', 'The desktop was removed.');
  return new DeskpodError('engine_unavailable', `The screen cannot be opened: ${reason}.`);
}

function unavailable(error: unknown): DeskpodError {
  if (error instanceof DeskpodError) return error;
  return new DeskpodError('engine_unavailable', 'The screen of the desktop cannot be reached.', { cause: error });
}
