/**
 * Ends sessions everywhere: stores the end, so that every server refuses the session's tokens, and closes what is open under
 * it in this process, at the other servers and at gateways in other processes.
 */
import { z } from 'zod';
import type { Store } from '../ports/store.ts';
import { Closings } from './closings.ts';
import type { ConnectionLimits } from './open-connections.ts';
import type { EventBus } from './event-bus.ts';
import type { Replicas } from './replicas.ts';
import { Revocations, type Revoked } from './revocations.ts';
import { Sessions } from './sessions.ts';

/** What servers publish when a session is extended. */
const Extended = z.object({ extended: z.string(), until: z.iso.datetime() });

/** Screens and terminals of one process. */
export interface Viewers {
  closeSession(sessionId: string): void;
  /** Those of the user's sessions that started until then. */
  closeUser(userId: string, before: Date): void;
  closeDesktop(desktopId: string): void;
}

export interface SessionEndsOptions {
  readonly store: Pick<Store, 'values' | 'logins' | 'accessTokens'>;
  readonly replicas: Pick<Replicas, 'topic' | 'onResync'>;
  readonly hub: Pick<EventBus, 'publish'>;
  readonly viewers: Viewers;
  readonly longestSessionSeconds: number;
  readonly limits: ConnectionLimits;
  readonly failed: (what: string, error: unknown) => void;
}

export class SessionEnds implements Disposable {
  readonly closings = new Closings();
  readonly sessions: Sessions;
  readonly revocations: Revocations;
  /** Those of this process and of gateways elsewhere. */
  readonly viewers: Viewers;
  readonly #hub: Pick<EventBus, 'publish'>;
  readonly #logins: Store['logins'];
  readonly #accessTokens: Store['accessTokens'];
  readonly #extensions;
  readonly #unsubscribe: () => void;

  constructor({ store, replicas, hub, viewers, longestSessionSeconds, limits, failed }: SessionEndsOptions) {
    this.#hub = hub;
    this.#logins = store.logins;
    this.#accessTokens = store.accessTokens;
    this.viewers = {
      closeSession: (sessionId) => {
        viewers.closeSession(sessionId);
        this.closings.add({ type: 'session', sessionId });
      },
      closeUser: (userId, before) => {
        viewers.closeUser(userId, before);
        this.closings.add({ type: 'user', userId, before: before.toISOString() });
      },
      closeDesktop: (desktopId) => {
        viewers.closeDesktop(desktopId);
        this.closings.add({ type: 'desktop', desktopId });
      },
    };
    // Gateways elsewhere know from tickets when sessions expire.
    this.sessions = new Sessions(limits, (sessionId, userId) => {
      viewers.closeSession(sessionId);
      hub.publish(userId, { type: 'session_ended', sessionId, why: 'over' });
    });
    this.revocations = new Revocations({ store, replicas, longestSessionSeconds });
    this.revocations.onRevokedElsewhere((revoked) => this.#close(revoked));
    this.revocations.onUserRevokedElsewhere((userId, before) => this.#closeUser(userId, before));
    this.#extensions = replicas.topic('session', Extended);
    this.#extensions.subscribe(({ extended, until }) => this.sessions.extended(extended, new Date(until)));
    this.#unsubscribe = replicas.onResync(() => {
      this.recheck().catch((error: unknown) => failed('checking which sessions have ended', error));
    });
  }

  /** Another token of the session is valid until then. */
  async extend(sessionId: string, userId: string, endsAt: Date): Promise<void> {
    await this.#logins.extend(userId, sessionId, endsAt);
    this.sessions.extended(sessionId, endsAt);
    const until = endsAt.toISOString();
    this.#extensions.publish({ extended: sessionId, until });
    this.closings.add({ type: 'session_extended', sessionId, endsAt: until });
  }

  /** Ends one session. No token of it is valid after `expiresAt` unless it was extended. */
  async end(session: Revoked, expiresAt: Date): Promise<void> {
    await this.revocations.revoke(session, expiresAt);
    this.#close(session);
    await this.#logins.end(session.userId, session.sessionId, new Date());
  }

  /** Ends all sessions that the user has started until now, and their access tokens. */
  async endUser(userId: string): Promise<void> {
    await this.#accessTokens.remove(userId, null);
    const before = await this.revocations.revokeUser(userId);
    this.#closeUser(userId, before);
    await this.#logins.end(userId, null, before);
  }

  /** Ends sessions whose end was published while this server couldn't receive it. */
  async recheck(): Promise<void> {
    this.revocations.forget();
    for (const { sessionId, userId, since } of this.sessions.all()) {
      const revoked = await this.revocations.isRevoked(sessionId, since && { userId, since });
      if (revoked) this.#close({ sessionId, userId, why: 'revoked' });
    }
  }

  [Symbol.dispose](): void {
    this.#unsubscribe();
    this.sessions[Symbol.dispose]();
  }

  #closeUser(userId: string, before: Date): void {
    for (const sessionId of this.sessions.endedUser(userId, before)) this.#close({ sessionId, userId, why: 'revoked' });
    // A gateway elsewhere may show screens of sessions that this server doesn't know.
    this.viewers.closeUser(userId, before);
  }

  #close({ sessionId, userId, why }: Revoked): void {
    this.viewers.closeSession(sessionId);
    this.#hub.publish(userId, { type: 'session_ended', sessionId, why });
    this.sessions.ended(sessionId);
  }
}
