/** The store port: what outlives a server process. One contract suite runs on SQLite and PostgreSQL. */
import type { AppDefaults, Environment, Limits, Runtime } from '#protocol/app.ts';
import type { StartTrace } from '#protocol/desktop.ts';
import type { EndReason } from '#protocol/launch.ts';
import type { AppDocument } from '#protocol/manager.ts';
import type { Preferences } from '#protocol/system.ts';
import type { Identity } from './auth.ts';
import type { DebugStore } from './debug-store.ts';

export interface StoredPreferences extends Preferences {
  /** The user has changed the dock; not set by servers that had no pins of administrators. */
  readonly ownDock?: boolean | undefined;
}

/** A local user made with `deskpod users add`, or one of the demo directory. */
export interface LocalUser {
  readonly id: string;
  readonly name: string;
  /** `scrypt$N$r$p$salt$hash`, never the password. */
  readonly passwordHash: string;
  readonly labels: readonly string[];
  readonly uid: number;
  readonly gid: number;
  readonly createdAt: Date;
  /** Can't log in until an administrator enables them again. */
  readonly disabled: boolean;
}

/** Who asked for a launch to end. */
export type StoppedBy = 'you' | 'admin';

export interface LaunchRecord {
  readonly id: string;
  readonly userId: string;
  readonly desktopId: string;
  readonly appId: string;
  readonly appName: string;
  readonly runtime: Runtime;
  readonly image: string;
  readonly imageDigest: string | null;
  /** Beyond the app's own, as asked for. */
  readonly args: readonly string[];
  readonly env: Environment;
  /** The names of those in `env` whose values others than the owner may read. */
  readonly publicEnv: readonly string[];
  /** All variables of the container, secrets masked. */
  readonly environment: Environment;
  readonly limits: Limits;
  readonly startedAt: Date;
  readonly windowMs: number | null;
  /** The server that looks after its start; null once it was started. */
  readonly server: string | null;
  readonly stoppedBy: StoppedBy | null;
  /** The launch that this one is a copy of, for debugging. */
  readonly copyOf: string | null;
  /** The kernel killed a process of it for lack of memory, whether or not the launch went on. */
  readonly memoryKill: boolean;
  readonly end: LaunchEnd | null;
}

export interface LaunchEnd {
  readonly finishedAt: Date;
  readonly exitCode: number | null;
  readonly reason: EndReason;
  readonly message: string | null;
  /** The end of its log, at most 256 kB. */
  readonly log: string;
  /** It deserves a notice that its user has not seen yet. */
  readonly unread: boolean;
}

/** What the servers need to know of every launch without an end. */
export type OpenLaunch = Pick<LaunchRecord, 'id' | 'server' | 'stoppedBy' | 'startedAt'>;

export interface LaunchFilter {
  readonly userId?: string;
  readonly desktopId?: string;
  /** The app's id, or a part of its name in any case. */
  readonly app?: string;
  readonly since?: Date;
  readonly until?: Date;
  readonly finished?: boolean;
  /** At most 1000. */
  readonly limit?: number;
}

export interface LoginEntry {
  readonly userId: string;
  readonly sessionId: string;
  readonly at: Date;
  readonly address: string;
  readonly userAgent: string;
  /** The source that knows the user. Null, like the next two, for a login of an older server. */
  readonly provider: string | null;
  /** The name that was typed; null for guests. */
  readonly login: string | null;
  /** When the session ended, or ends unless it is extended. */
  readonly endsAt: Date | null;
}

/** A personal access token; the token itself is stored nowhere. */
export interface StoredAccessToken {
  readonly id: string;
  readonly userId: string;
  /** For people. */
  readonly name: string;
  /** SHA-256, base64url. */
  readonly hash: string;
  /** When it was made. */
  readonly identity: Identity;
  /** The name that was typed at the login; null if unknown. */
  readonly login: string | null;
  readonly createdAt: Date;
  readonly usedAt: Date | null;
  readonly expiresAt: Date | null;
}

/** A server that gave no sign for this long is taken for gone. */
export const ALIVE_MS = 15_000;

/** What servers tell each other about. */
export const TOPICS = ['launch', 'desktop', 'catalogue', 'session', 'debug'] as const;
export type Topic = (typeof TOPICS)[number];

export type Change =
  | { readonly type: 'change'; readonly topic: Topic; readonly payload: string }
  /** Changes may have been missed: look at everything again. */
  | { readonly type: 'resync' };
export type ChangeListener = (change: Change) => void;

/** Length of the key that encrypts what can hold secrets: AES-256. */
export const STORE_KEY_BYTES = 32;

export interface Store extends AsyncDisposable {
  users: {
    list(): Promise<readonly LocalUser[]>;
    find(id: string): Promise<LocalUser | null>;
    /** `conflict` if the id exists. */
    add(user: LocalUser): Promise<void>;
    /** This and the next two: `not_found` for an unknown user. */
    setPassword(id: string, passwordHash: string): Promise<void>;
    setLabels(id: string, labels: readonly string[]): Promise<void>;
    setDisabled(id: string, disabled: boolean): Promise<void>;
    /** False when there was none. */
    remove(id: string): Promise<boolean>;
  };
  /** Posix ids for users whose directory gives none: the same for ever, never twice. */
  accounts: { uidOf(userId: string): Promise<number> };
  apps: {
    list(): Promise<readonly AppDocument[]>;
    /** All or nothing; replaces entries of the same id. */
    put(apps: readonly AppDocument[]): Promise<void>;
    /** The ids that were removed. */
    remove(ids: readonly string[]): Promise<readonly string[]>;
    defaults(appId: string): Promise<AppDefaults | null>;
    setDefaults(appId: string, defaults: AppDefaults): Promise<void>;
  };
  launches: {
    add(record: LaunchRecord): Promise<void>;
    find(id: string): Promise<LaunchRecord | null>;
    /** Newest first; logs are left out (empty). */
    list(filter: LaunchFilter): Promise<readonly LaunchRecord[]>;
    /** Every one without an end. */
    open(): Promise<readonly OpenLaunch[]>;
    /** This and the next three change nothing once it has an end. */
    setWindowMs(id: string, ms: number): Promise<void>;
    /** What is known once the engine made it: it was started, and no server looks after that any more. */
    describe(id: string, facts: { imageDigest: string | null; environment: Environment }): Promise<void>;
    /** So that every server knows that somebody stopped it; null takes it back. */
    stoppedBy(id: string, by: StoppedBy | null): Promise<void>;
    /** The kernel killed a process of it. */
    memoryKill(id: string): Promise<void>;
    /** The first end stays; answers whether this was it. */
    end(id: string, end: LaunchEnd): Promise<boolean>;
    /** Of this user: how they ended was seen. Answers which of them had not been. */
    read(userId: string, ids: readonly string[]): Promise<readonly string[]>;
    remove(id: string): Promise<void>;
    /** Removes finished ones older than this; returns how many. */
    prune(before: Date): Promise<number>;
  };
  debug: DebugStore;
  traces: {
    add(desktopId: string, userId: string, trace: StartTrace): Promise<void>;
    last(desktopId: string): Promise<StartTrace | null>;
    /** Median of the last 20 totals of this kind, in ms. */
    usual(kind: StartTrace['kind']): Promise<number | null>;
  };
  preferences: {
    get(userId: string): Promise<StoredPreferences>;
    set(userId: string, preferences: StoredPreferences): Promise<void>;
  };
  logins: {
    add(entry: LoginEntry): Promise<void>;
    /** The session lasts until then. */
    extend(userId: string, sessionId: string, endsAt: Date): Promise<void>;
    /** The session ended; null: all of the user's that started until then. */
    end(userId: string, sessionId: string | null, at: Date): Promise<void>;
    /** Newest first, at most 50. */
    list(userId: string): Promise<readonly LoginEntry[]>;
    /** The sessions that haven't ended, newest first; by default everybody's. */
    open(now: Date, userId?: string): Promise<readonly LoginEntry[]>;
  };
  accessTokens: {
    /** `limit_reached` if the user has `most` already; forgets those of the user that have expired. */
    add(token: StoredAccessToken, most: number): Promise<void>;
    /** Newest first. */
    list(userId: string): Promise<readonly StoredAccessToken[]>;
    /** Whom the tokens of all users stand for. */
    owners(): Promise<readonly Pick<LoginEntry, 'userId' | 'provider' | 'login'>[]>;
    used(id: string, at: Date): Promise<void>;
    /** Null: all of the user's. False when there was none. */
    remove(userId: string, id: string | null): Promise<boolean>;
  };
  /** Small values of the server itself. */
  values: {
    get(key: string): Promise<string | null>;
    set(key: string, value: string): Promise<void>;
    /** From what it was (null: nothing) to what it shall be; of several servers one after the other. */
    change(key: string, change: (value: string | null) => string): Promise<void>;
    /** Removes values that are dates (ISO 8601) before this, of the keys with this prefix; returns how many. */
    prune(prefix: string, before: Date): Promise<number>;
  };
  /** Whether launches or debug sessions were encrypted with another key, so that their values can't be read. */
  hasUnreadable(): Promise<boolean>;
  /** The servers that share this store. */
  replicas: {
    beat(name: string): Promise<void>;
    leave(name: string): Promise<void>;
    /** Who gave a sign within {@link ALIVE_MS}. */
    alive(): Promise<ReadonlySet<string>>;
  };
  changes: {
    /** Told to every server, the one that says it too. `payload` has a few kilobytes at most. */
    publish(topic: Topic, payload: string): Promise<void>;
    /** Returns how to stop listening. */
    subscribe(listener: ChangeListener): () => void;
  };
  /**
   * Runs `work` in one server at a time; the others wait. The signal it gets aborts with `signal`, and when
   * leadership is lost: then it must end, and it starts again when this server leads again. Resolves when the work is done
   * or the signal aborts.
   */
  lead(name: string, work: (signal: AbortSignal) => Promise<void>, signal: AbortSignal): Promise<void>;
}
