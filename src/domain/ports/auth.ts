/** The auth port: proves who a user is and says which labels they carry. */
import type { User } from '#protocol/user.ts';
import type { Account, Endpoint } from './engine.ts';

export interface Identity {
  readonly user: User;
  readonly account: Account;
}

export interface Credentials {
  readonly name: string;
  readonly password: string;
  /** The caller's address is unknown: demo users, whose passwords are public, are refused. */
  readonly isUnknownClient?: boolean;
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
  authenticate(credentials: Credentials, admits?: Admits): Promise<Identity | null>;
  /** What finds out whether a user who is logged in still exists; null if this isn't needed or possible for the provider. */
  readonly checker?: (provider: string) => Checker | null;
}

/** Asked for the account of the typed name, before its password is checked. False refuses the login. */
export type Admits = (userId: string) => boolean;

/** False if a login with this name would no longer find the user. Rejects if the directory does not answer. */
export type Checker = (login: string, userId: string) => Promise<boolean>;

export interface SessionClaims {
  readonly sessionId: string;
  readonly user: User;
  readonly account: Account;
  readonly expiresAt: Date;
  /** When the user logged in. */
  readonly since: Date;
}

/** User tokens: signed JWTs (RS256), also used as the browser's cookie. */
export interface UserTokens {
  /** `since` is the login: a session is extended by another token, up to its longest life after that. */
  issue(identity: Identity, sessionId: string, since?: Date): Promise<{ token: string; expiresAt: Date }>;
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
  /** Only in tickets for the service. */
  readonly files?: ServiceAccess;
  readonly sound?: ServiceAccess;
  readonly video?: ServiceAccess;
  readonly rights: TicketRights;
  /** When the session's user logged in; tickets of older servers do not say. */
  readonly sessionSince?: Date;
  /** When the session ends unless it is extended; tickets of older servers do not say. */
  readonly sessionEndsAt?: Date;
}

/** How a gateway reaches a service of the desktop. */
export interface ServiceAccess {
  /** Null: through the engine of the process that issued the ticket. */
  readonly endpoint: Endpoint | null;
  /** The password of the files service, PulseAudio's cookie in base64, or the key of the video service. */
  readonly credential: string;
}

export interface TicketRights {
  readonly screen: 'control' | 'view' | 'none';
  readonly clipboardIn: boolean;
  readonly clipboardOut: boolean;
  /** Tickets of older servers don't say: neither. */
  readonly upload?: TransferRight;
  readonly download?: TransferRight;
  /** Shared folders, in `Shared` of the home; read-only ones can't be changed. Tickets of older servers don't say. */
  readonly shared?: SharedRight[];
  readonly sound?: boolean;
  readonly microphone?: boolean;
  readonly video?: boolean;
}

export interface SharedRight {
  readonly name: string;
  readonly readOnly: boolean;
}

export interface TransferRight {
  readonly allowed: boolean;
  /** Of one file, or of all files of an archive together; null: no limit. */
  readonly maxBytes: number | null;
  /** For uploads, where homes are measured and limited. */
  readonly room?: HomeRoom;
}

/** What a home could still take. */
export interface HomeRoom {
  readonly bytes: number;
  /** Milliseconds since 1970. */
  readonly measuredAt: number;
}

/** Tickets: claims encrypted (JWE, RSA-OAEP-256 + A256GCM) inside a signed JWT (RS256); at most 7 minutes. */
export interface Tickets {
  issue(claims: TicketClaims): Promise<{ token: string; expiresAt: Date }>;
  verify(token: string): Promise<(TicketClaims & { expiresAt: Date }) | null>;
}
