/**
 * The gateway: lets a browser with a ticket view and use one desktop. It checks the ticket, connects to the desktop's
 * screen for the browser, then relays bytes; it drops messages that the ticket's rights don't allow.
 */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { TicketClaims } from '#domain/ports/auth.ts';
import { waitAtMost } from '#domain/deadlines.ts';
import { DeskpodError, messageOf } from '#domain/errors.ts';
import { ignore } from '#protocol/ignore.ts';
import type { LogFields } from '#events';
import { CloseCode, NOTES_PROTOCOL } from '#protocol/screen.ts';
import { resumeOffer } from '#protocol/resume.ts';
import { acceptWebSocket } from './accept.ts';
import { type AdmissionRules, admit } from './admit.ts';
import { ofDesktop, ofSession, ofUser } from './ended.ts';
import { refuse } from './refusal.ts';
import { enterDesktop } from './rfb/handshake.ts';
import { opening } from './rfb/rights.ts';
import { ViewerSocket } from './resume/viewer-socket.ts';
import { Viewer } from './viewer.ts';

const CONNECT_MS = 10_000;
const HEARTBEAT_MS = 30_000;
/** How long viewers may take to close their connections when the server stops. */
const CLOSE_MS = 1_000;

export interface GatewayEvents {
  screenConnected(user: string, desktop: string): void;
  /** `bytes` were sent to the viewer. */
  screenClosed(user: string, desktop: string, bytes: number, ms: number, reason: string): void;
  /** `bytes` is null for a text that the viewer requested from the desktop. */
  clipboardTransferred(transfer: {
    readonly user: string;
    readonly desktop: string;
    readonly direction: 'in' | 'out';
    readonly types: readonly string[];
    readonly bytes: number | null;
  }): void;
  warn(message: string, fields?: LogFields): void;
}

export interface GatewayOptions extends AdmissionRules {
  /** Connects to the screen: screen-connect.ts. */
  connect(claims: TicketClaims, signal: AbortSignal): Promise<Duplex>;
  /** Counts a screen until the returned function is called; throws if the user has too many open. */
  count?(claims: TicketClaims): () => void;
  readonly events: GatewayEvents;
  /** A peer that doesn't answer a ping within one to two of these is dead. */
  readonly heartbeatMs?: number;
}

export interface Gateway {
  /** Owns the socket; ends with 101 or a refusal, and never rejects. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void>;
  /** Closes all viewers of the session, also those that are just opening. */
  closeSession(sessionId: string): void;
  /** Closes all viewers of the user's sessions that started until then. */
  closeUser(userId: string, before: Date): void;
  closeDesktop(desktopId: string): void;
  /** Whether a viewer of the user gets its screen slower than it changes. */
  isBehind(userId: string): boolean;
  /** Resolves when all viewers have closed, or after a moment. */
  close(): Promise<void>;
}

/** A viewer, or one that is just opening. */
interface Closable {
  readonly claims: TicketClaims;
  close(code: CloseCode, reason: string): void;
}

export function createGateway(options: GatewayOptions): Gateway {
  const opened = new Set<Closable>();
  const viewers = new Set<Viewer>();
  const heartbeat = setInterval(() => {
    for (const viewer of viewers) viewer.beat();
  }, options.heartbeatMs ?? HEARTBEAT_MS).unref();
  let closed = false;

  const closeAll = (matches: (claims: TicketClaims) => boolean, code: CloseCode, reason: string): void => {
    for (const one of opened) if (matches(one.claims)) one.close(code, reason);
  };

  return {
    async handleUpgrade(request, socket, head) {
      socket.on('error', () => socket.destroy());
      try {
        if (closed) throw new DeskpodError('engine_unavailable', 'The server is stopping.');
        const claims = await admit(options, request, 'screen');
        const offer = resumeOffer(protocolsOf(request));
        if (offer !== null && offer !== 'new') return await continueScreen(claims, offer, request, socket, head);
        const uncount = options.count?.(claims) ?? (() => {});
        try {
          show(await open(claims, request, socket, head), uncount);
        } catch (error) {
          uncount();
          throw error;
        }
      } catch (error) {
        const status = refuse(socket, error);
        // A failure of the engine is logged with its cause, a refusal with its reason.
        const facts = status >= 500 ? { err: error } : { reason: messageOf(error) };
        if (!socket.destroyed) options.events.warn('screen refused', { status, ...facts });
      }
    },
    closeSession: (sessionId) => closeAll(ofSession(sessionId), CloseCode.sessionEnded, 'you were logged out'),
    closeUser: (userId, before) => closeAll(ofUser(userId, before), CloseCode.sessionEnded, 'you were logged out'),
    closeDesktop: (desktopId) => closeAll(ofDesktop(desktopId), CloseCode.desktopGone, 'the desktop was removed'),
    isBehind: (userId) => viewers.values().some(({ claims, isBehind }) => isBehind && claims.userId === userId),
    close: async () => {
      closed = true;
      clearInterval(heartbeat);
      const closing = Promise.all([...viewers].map((viewer) => viewer.gone));
      closeAll(() => true, CloseCode.serverStopping, 'the server is stopping');
      await waitAtMost(CLOSE_MS, closing, null);
    },
  };

  /** Everything that can fail happens before the upgrade, while the response can still have an error status. */
  async function open(claims: TicketClaims, request: IncomingMessage, socket: Duplex, head: Buffer): Promise<Viewer> {
    const abort = new AbortController();
    const pending: Closable = { claims, close: (code, reason) => abort.abort(closedEarly(code, reason)) };
    const gone = (): void => abort.abort(new DeskpodError('invalid_request', 'The viewer disconnected.'));
    opened.add(pending);
    socket.once('close', gone);
    let desktop: Duplex | null = null;
    try {
      const signal = AbortSignal.any([abort.signal, AbortSignal.timeout(CONNECT_MS)]);
      desktop = await options.connect(claims, signal);
      // Until the viewer listens.
      desktop.on('error', ignore('reading and writing report it'));
      const serverInit = await enterDesktop(desktop, claims.vncPassword, opening(claims.rights), signal);
      abort.signal.throwIfAborted();
      const ws = await acceptWebSocket(request, socket, head);
      const offered = protocolsOf(request);
      const takesNotes = offered.includes(NOTES_PROTOCOL);
      const viewerSocket = new ViewerSocket(ws, takesNotes && resumeOffer(offered) !== null);
      return new Viewer(viewerSocket, desktop, serverInit, claims, takesNotes);
    } catch (error) {
      desktop?.destroy();
      throw abort.signal.aborted ? abort.signal.reason : unavailable(error);
    } finally {
      opened.delete(pending);
      socket.off('close', gone);
    }
  }

  /** A viewer that lost its WebSocket comes with another one. */
  async function continueScreen(
    claims: TicketClaims,
    { id, received }: { readonly id: string; readonly received: number },
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
  ): Promise<void> {
    const ws = await acceptWebSocket(request, socket, head);
    const viewer = viewers.values().find((one) => one.id === id);
    if (viewer?.continueOver(ws, claims, received) !== true)
      ws.close(CloseCode.notResumable, 'this screen cannot be continued here');
  }

  function show(viewer: Viewer, uncount: () => void): void {
    const { userId, desktopId } = viewer.claims;
    opened.add(viewer);
    viewers.add(viewer);
    options.events.screenConnected(userId, desktopId);
    viewer.onText((transfer) =>
      options.events.clipboardTransferred({ user: userId, desktop: desktopId, types: ['text/plain'], ...transfer }),
    );
    viewer.onPictureLost((err) =>
      options.events.warn("a desktop's screen isn't understood, so it passes unchanged", { desktop: desktopId, err }),
    );
    viewer.onEnd(({ code, reason, bytes, ms }) => {
      uncount();
      opened.delete(viewer);
      viewers.delete(viewer);
      for (const other of viewers) if (other.claims.desktopId === desktopId) other.note({ kind: 'viewer_left' });
      options.events.screenClosed(userId, desktopId, bytes, ms, reason || `closed by the viewer (${code})`);
    });
  }
}

function protocolsOf({ headers }: IncomingMessage): readonly string[] {
  return (headers['sec-websocket-protocol'] ?? '').split(',').map((protocol) => protocol.trim());
}

/** The response to a viewer that was closed while it was opening. */
function closedEarly(code: CloseCode, reason: string): DeskpodError {
  if (code === CloseCode.sessionEnded) return new DeskpodError('not_authenticated', 'You were logged out.');
  if (code === CloseCode.desktopGone) return new DeskpodError('desktop_missing', 'The desktop was removed.');
  return new DeskpodError('engine_unavailable', `The screen can't be opened: ${reason}.`);
}

function unavailable(error: unknown): DeskpodError {
  if (error instanceof DeskpodError) return error;
  return new DeskpodError('engine_unavailable', "The desktop's screen can't be reached.", { cause: error });
}
