/** Turns a granted upgrade request into a WebSocket. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { DeskpodError } from '#domain/errors.ts';
import { SCREEN_PROTOCOL, WISHES_PROTOCOL } from '#protocol/screen.ts';

/** Larger messages close the connection with 1009. A viewer sends its largest paste (1 MiB) in pieces or at once. */
const MAX_MESSAGE_BYTES = 2 * 1024 * 1024;
/** The first one that a viewer offers. */
const CHOSEN = [WISHES_PROTOCOL, SCREEN_PROTOCOL];

const server = new WebSocketServer({
  noServer: true,
  clientTracking: false,
  // Screens are already compressed and terminals are small: deflate would only cost memory and delay.
  perMessageDeflate: false,
  maxPayload: MAX_MESSAGE_BYTES,
  handleProtocols: (offered) => CHOSEN.find((protocol) => offered.has(protocol)) ?? false,
});

/** Fails with `invalid_request` if the socket closed or the request isn't a WebSocket handshake; the latter is answered. */
export function acceptWebSocket(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const closed = (): void => reject(new DeskpodError('invalid_request', "This isn't a WebSocket handshake."));
    socket.once('close', closed);
    // It wouldn't emit `close` again.
    if (socket.destroyed) return closed();
    server.handleUpgrade(request, socket, head, (ws) => {
      socket.off('close', closed);
      // Errors of the peer end in `close`; without a listener they would end the process.
      ws.on('error', () => ws.terminate());
      resolve(ws);
    });
  });
}
