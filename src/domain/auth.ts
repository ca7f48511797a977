/** The auth port: proves who a user is and says which labels they carry. */
import type { User } from '../protocol/user.ts';
import type { Account, Endpoint } from './engine.ts';

export interface Identity {
  readonly user: User;
  readonly account: Account;
}

/** One way to log in. */
export interface Authenticator {
  readonly id: 'directory' | 'anonymous';
  /** For people. */
  readonly name: string;
  /**
   * Null when the name or the password is wrong: never which. Takes as long for an unknown name as for a wrong password.
   * Rejects with `directory_unavailable` when who could say does not answer.
   */
  authenticate(credentials: { name: string; password: string }): Promise<Identity | null>;
}

export interface SessionClaims {
  readonly sessionId: string;
  readonly user: User;
  readonly account: Account;
  readonly expiresAt: Date;
}

/** User tokens: signed JWTs (RS256), also used as the browser's cookie. */
export interface UserTokens {
  issue(identity: Identity, sessionId: string): Promise<{ token: string; expiresAt: Date }>;
  /** Null for a token that is not ours, damaged or expired. */
  verify(token: string): Promise<SessionClaims | null>;
}

/** What a ticket lets its bearer do with one desktop. */
export interface TicketClaims {
  readonly desktopId: string;
  readonly userId: string;
  readonly sessionId: string;
  readonly vncPassword: string;
  /** Where any gateway reaches the screen; null: through the engine of the process that issued it. */
  readonly screen: Endpoint | null;
  /** Of the desktop: another one may have the same address later. */
  readonly uid: string;
  readonly rights: TicketRights;
}

export interface TicketRights {
  readonly screen: 'control' | 'view' | 'none';
  readonly clipboardIn: boolean;
  readonly clipboardOut: boolean;
}

/** Tickets: claims encrypted (JWE, RSA-OAEP-256 + A256GCM) inside a signed JWT (RS256); at most 7 minutes. */
export interface Tickets {
  issue(claims: TicketClaims): Promise<{ token: string; expiresAt: Date }>;
  verify(token: string): Promise<(TicketClaims & { expiresAt: Date }) | null>;
}
