/** What the routes of `/api/v1` work with; made once by src/server/api.ts. */
import type { Authenticator, SessionClaims, Tickets, UserTokens } from '#domain/auth.ts';
import type { Catalogue } from '#domain/catalogue/catalogue.ts';
import type { Closings } from '#domain/closings.ts';
import type { Compactions } from '#domain/compaction/compactions.ts';
import type { DebugSessions } from '#domain/debug/sessions.ts';
import type { Desktops } from '#domain/desktops.ts';
import type { Displays } from '#domain/displays.ts';
import type { Engine } from '#domain/engine.ts';
import type { Hub } from '#domain/hub.ts';
import type { Launches } from '#domain/launches.ts';
import type { Store } from '#domain/store.ts';
import type { ServerRole, SystemWarning } from '#protocol/system.ts';
import type { Role } from '#protocol/user.ts';
import type { Events } from '#events';

/** Slows down guessing. */
export interface LoginAttempts {
  begin(
    address: string,
    name: string,
  ): { verdict: 'go'; delayMs: number } | { verdict: 'refused'; retryAfterSeconds: number };
  succeeded(address: string, name: string): void;
  undecided(address: string, name: string): void;
}

/** What is told about a local user: all but the password. */
export interface LocalUserFacts {
  readonly id: string;
  readonly name: string;
  readonly labels: readonly string[];
  readonly createdAt: Date;
}

export interface LocalUsers {
  list(): Promise<readonly LocalUserFacts[]>;
  add(user: { name: string; password: string; roles: Role[]; id?: string }): Promise<LocalUserFacts>;
  setPassword(id: string, password: string): Promise<void>;
  remove(id: string): Promise<unknown>;
}

/** Sessions that ended before their token did. */
export interface Revocations {
  revoke(sessionId: string, until: Date, userId: string): Promise<void>;
  isRevoked(sessionId: string): Promise<boolean>;
}

/** This process among its replicas. */
export interface ServerFacts {
  readonly name: string;
  readonly roles: readonly ServerRole[];
  /** Below which everything is published, with a slash at both ends. */
  readonly path: string;
}

export interface ApiContext {
  readonly engine: Engine;
  readonly store: Store;
  readonly hub: Hub;
  readonly desktops: Desktops;
  readonly launches: Launches;
  readonly debug: DebugSessions;
  readonly compactions: Compactions;
  readonly displays: Displays;
  readonly catalogue: Catalogue;
  readonly authenticators: readonly Authenticator[];
  readonly users: LocalUsers;
  readonly attempts: LoginAttempts;
  readonly tokens: UserTokens;
  readonly tickets: Tickets;
  readonly revocations: Revocations;
  /** Bearer token of the command line on this machine. */
  readonly localToken: string;
  /** Whatever shows desktops, here and in other processes. */
  readonly gateway: { closeSession(sessionId: string): void; closeDesktop(desktopId: string): void };
  readonly closings: Closings;
  /** What gateways in processes of their own send to hear of these. */
  readonly closingsToken: string;
  /** Aborts when the server is told to stop: listeners are sent to another one. */
  readonly stopping: AbortSignal;
  readonly events: Events;
  /** What administrators should mend. */
  readonly warnings: () => readonly SystemWarning[];
  readonly version: string;
  readonly server: ServerFacts;
  readonly x11Tcp: boolean;
}

export type Claims = SessionClaims;
