/** The store port: what outlives a server process. One contract suite runs on SQLite and PostgreSQL. */
import type { AppDefaults, Environment, Limits, Runtime } from '../protocol/app.ts';
import type { StartTrace } from '../protocol/desktop.ts';
import type { EndReason } from '../protocol/launch.ts';
import type { Preferences } from '../protocol/system.ts';
import type { AppDocument } from '../protocol/manager.ts';

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
}

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
  /** All variables of the container, secrets masked. */
  readonly environment: Environment;
  readonly limits: Limits;
  readonly startedAt: Date;
  readonly windowMs: number | null;
  readonly end: LaunchEnd | null;
}

export interface LaunchEnd {
  readonly finishedAt: Date;
  readonly exitCode: number | null;
  readonly reason: EndReason;
  readonly message: string | null;
  /** The end of its log, at most 256 kB. */
  readonly log: string;
}

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
}

export interface Store extends AsyncDisposable {
  users: {
    list(): Promise<readonly LocalUser[]>;
    find(id: string): Promise<LocalUser | null>;
    /** `conflict` if the id exists. */
    add(user: LocalUser): Promise<void>;
    setPassword(id: string, passwordHash: string): Promise<void>;
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
    setWindowMs(id: string, ms: number): Promise<void>;
    /** What is known once the engine made it. */
    describe(id: string, facts: { imageDigest: string | null; environment: Environment }): Promise<void>;
    /** The first end stays. */
    end(id: string, end: LaunchEnd): Promise<void>;
    remove(id: string): Promise<void>;
    /** Removes finished ones older than this; returns how many. */
    prune(before: Date): Promise<number>;
  };
  traces: {
    add(desktopId: string, userId: string, trace: StartTrace): Promise<void>;
    last(desktopId: string): Promise<StartTrace | null>;
    /** Median of the last 20 totals of this kind, in ms. */
    usual(kind: StartTrace['kind']): Promise<number | null>;
  };
  preferences: {
    get(userId: string): Promise<Preferences>;
    set(userId: string, preferences: Preferences): Promise<void>;
  };
  logins: {
    add(entry: LoginEntry): Promise<void>;
    /** Newest first, at most 50. */
    list(userId: string): Promise<readonly LoginEntry[]>;
  };
  /** Small values of the server itself. */
  values: { get(key: string): Promise<string | null>; set(key: string, value: string): Promise<void> };
}
