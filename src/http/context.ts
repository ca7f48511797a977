/** What the routes of `/api/v1` work with; created once by src/server/context.ts. */
import type { AccessTokens } from '#domain/server/access-tokens.ts';
import type { Attendance } from '#domain/desktops/attendance.ts';
import type { Authenticator, Identity, SessionClaims, Tickets, UserTokens } from '#domain/ports/auth.ts';
import type { AppStore } from '#domain/catalogue/app-store.ts';
import type { Catalogue } from '#domain/catalogue/catalogue.ts';
import type { Closings } from '#domain/server/closings.ts';
import type { Rebuilds } from '#domain/desktops/rebuilds.ts';
import type { DebugSessions } from '#domain/debug/sessions.ts';
import type { Clipboards } from '#domain/desktops/clipboards.ts';
import type { Desktops } from '#domain/desktops/desktops.ts';
import type { Displays } from '#domain/desktops/displays.ts';
import type { Prints } from '#domain/desktops/prints.ts';
import type { Engine } from '#domain/ports/engine.ts';
import type { HomeArchives } from '#domain/desktops/home-files.ts';
import type { FileRules } from '#domain/desktops/file-rules.ts';
import type { SharedFolder } from '#domain/desktops/shared-folders.ts';
import type { HomeSizes } from '#domain/desktops/home-sizes.ts';
import type { Guests } from '#domain/server/guests.ts';
import type { EventBus } from '#domain/server/event-bus.ts';
import type { Openings } from '#domain/opening/openings.ts';
import type { Launches } from '#domain/launches/launches.ts';
import type { Revocations } from '#domain/server/revocations.ts';
import type { SessionEnds, Viewers } from '#domain/server/session-ends.ts';
import type { Sessions } from '#domain/server/sessions.ts';
import type { Store } from '#domain/ports/store.ts';
import type { ServerRole, SystemWarning } from '#protocol/system.ts';
import type { Role, User } from '#protocol/user.ts';
import type { Events } from '#events';

/** Slows down guessing. */
export interface LoginAttempts {
  begin(address: string, name: string): AttemptVerdict;
  found(name: string, userId: string): boolean;
  succeeded(address: string, name: string, userId?: string): void;
  undecided(address: string, name: string, userId?: string): void;
}

type AttemptVerdict =
  | { readonly verdict: 'go'; readonly delayMs: number }
  | { readonly verdict: 'refused'; readonly retryAfterSeconds: number };

/** A local user without the password. */
export interface LocalUserFacts {
  readonly id: string;
  readonly name: string;
  readonly labels: readonly string[];
  readonly createdAt: Date;
  readonly disabled: boolean;
}

/** Links that log an administrator in, once. */
export interface LoginLinks {
  use(token: string): Promise<Identity | null>;
}

export interface LocalUsers {
  list(): Promise<readonly LocalUserFacts[]>;
  add(user: { name: string; password: string; roles: Role[]; id?: string }): Promise<LocalUserFacts>;
  setPassword(id: string, password: string): Promise<void>;
  setRoles(id: string, roles: readonly Role[]): Promise<void>;
  /** Ends their sessions; `enable` admits them again. */
  disable(id: string): Promise<void>;
  enable(id: string): Promise<void>;
  remove(id: string): Promise<void>;
  /** The user of a token, with the labels and roles of now; null if it is a local user who was removed or disabled. */
  current(user: User): Promise<User | null>;
}

/** This process among its replicas. */
export interface ServerFacts {
  readonly name: string;
  readonly roles: readonly ServerRole[];
  /** Path prefix of everything, with a slash at both ends. */
  readonly path: string;
}

export interface ApiContext {
  readonly engine: Engine;
  readonly store: Store;
  readonly hub: EventBus;
  readonly desktops: Desktops;
  readonly launches: Launches;
  readonly openings: Openings;
  readonly debug: DebugSessions;
  readonly rebuilds: Rebuilds;
  readonly archives: HomeArchives;
  readonly homeSizes: HomeSizes;
  readonly files: FileRules;
  readonly sharedFolders: readonly SharedFolder[];
  readonly displays: Displays;
  readonly clipboards: Clipboards;
  readonly prints: Prints;
  readonly catalogue: Catalogue;
  readonly appStore: AppStore;
  readonly authenticators: readonly Authenticator[];
  readonly links: LoginLinks;
  readonly users: LocalUsers;
  readonly attempts: LoginAttempts;
  /** For files at `/dav/`. */
  readonly accessTokens: AccessTokens;
  readonly attendance: Pick<Attendance, 'mark'>;
  readonly guests: Pick<Guests, 'admit' | 'count' | 'limits' | 'sweep'>;
  readonly tokens: UserTokens;
  readonly tickets: Tickets;
  readonly revocations: Pick<Revocations, 'isRevoked' | 'prune'>;
  readonly sessions: Pick<Sessions, 'seen' | 'signalOf' | 'connections'>;
  readonly sessionEnds: Pick<SessionEnds, 'extend' | 'end' | 'endUser'>;
  /** Of this installation. */
  readonly cookieName: string;
  /** Bearer token of the command line on this machine. */
  readonly localToken: string;
  /** The gateways that show desktops, in this process and in others. */
  readonly gateway: Pick<Viewers, 'closeDesktop'>;
  readonly closings: Closings;
  /** What gateways in other processes send to receive the closings. */
  readonly closingsToken: string;
  /** Aborts when the server starts to stop: clients reconnect to another one. */
  readonly stopping: AbortSignal;
  readonly events: Events;
  /** What administrators should fix. */
  readonly warnings: () => readonly SystemWarning[];
  readonly version: string;
  readonly server: ServerFacts;
  readonly x11Tcp: boolean;
  /** What tickets for the sound include. */
  readonly sound: { readonly output: boolean; readonly microphone: boolean };
  /** Whether there are tickets for the video. */
  readonly video: boolean;
  /** Names or ids of the apps that are pinned for a user without pins of their own. */
  readonly dock: readonly string[];
}

export type Claims = SessionClaims;
