/**
 * The screen WebSocket, `/api/v1/screen`: RFB 3.8 in binary messages, security type None. The ticket comes as a
 * subprotocol beside `binary`, so that it is in no address and no log.
 */

export const SCREEN_PATH = '/api/v1/screen';
/** The compatible address: `?jwt_token=` carries the ticket. */
export const WEBSOCKIFY_PATH = '/websockify';
export const SCREEN_PROTOCOL = 'binary';
export const TICKET_PROTOCOL_PREFIX = 'deskpod.ticket.';

/** Why the server closed a screen or a terminal, as WebSocket close codes. */
export const CloseCode = {
  normal: 1000,
  /** The server stops or restarts: connect again. */
  serverStopping: 1001,
  /** A message passed its bound, for example a paste of more than 1 MiB. */
  tooBig: 1009,
  internal: 1011,
  /** The viewer broke the protocol. */
  protocol: 4400,
  /** Logged out: connecting again needs a new session. */
  sessionEnded: 4401,
  /** The desktop was removed. */
  desktopGone: 4404,
  /** The desktop's screen went away without that; it may be back in a moment: connect again. */
  screenLost: 4503,
} as const;
export type CloseCode = (typeof CloseCode)[keyof typeof CloseCode];
