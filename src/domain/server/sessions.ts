/**
 * The sessions that this process knows, and when each ends: when it expires, which activity delays, or earlier at logout or
 * revocation. Everything that a session holds open closes with it; what each user has open is counted.
 */
import type { TicketClaims } from '../ports/auth.ts';
import { type ConnectionLimits, OpenConnections } from './open-connections.ts';

export interface KnownSession {
  readonly sessionId: string;
  readonly userId: string;
  /** When the user logged in; tickets of older servers don't contain it. */
  readonly since?: Date;
  readonly endsAt: Date;
}

interface Known {
  readonly userId: string;
  readonly since: Date | null;
  readonly ended: AbortController;
  endsAt: number;
}

const SWEEP_MS = 1_000;
/** Requests that began before a session ended don't last as long as this many other ends. */
const MOST_ENDED = 10_000;

type OfTicket = Pick<TicketClaims, 'sessionId' | 'userId' | 'sessionSince' | 'sessionEndsAt'>;

/** Whether a ticket's session is still valid; tickets of older servers don't contain its end. */
export function seenIn(
  sessions: Pick<Sessions, 'seen'>,
  { sessionId, userId, sessionSince, sessionEndsAt: endsAt }: OfTicket,
): boolean {
  if (endsAt === undefined) return true;
  const since = sessionSince === undefined ? {} : { since: sessionSince };
  return !sessions.seen({ sessionId, userId, ...since, endsAt }).aborted;
}

export class Sessions implements Disposable {
  /** What the users of these sessions have open. */
  readonly connections: OpenConnections;
  readonly #known = new Map<string, Known>();
  readonly #ended = new Set<string>();
  readonly #endedUsers = new Map<string, Date>();
  readonly #expired: (sessionId: string, userId: string) => void;
  readonly #now: () => number;
  readonly #timer: NodeJS.Timeout;

  /** `expired` closes what a session holds open, besides its signal. */
  constructor(
    limits: ConnectionLimits,
    expired: (sessionId: string, userId: string) => void,
    now: () => number = Date.now,
  ) {
    this.connections = new OpenConnections(limits);
    this.#expired = expired;
    this.#now = now;
    this.#timer = setInterval(() => this.sweep(), SWEEP_MS).unref();
  }

  /** Remembers when it ends; the latest end counts. The signal aborts at the end; it has aborted if the session was ended. */
  seen({ sessionId, userId, since, endsAt }: KnownSession): AbortSignal {
    // A request may have begun before the end.
    if (this.#ended.has(sessionId) || isBefore(since ?? null, this.#endedUsers.get(userId))) return AbortSignal.abort();
    const known = this.#known.get(sessionId) ?? {
      userId,
      since: since ?? null,
      ended: new AbortController(),
      endsAt: 0,
    };
    known.endsAt = Math.max(known.endsAt, endsAt.getTime());
    if (known.endsAt > this.#now()) this.#known.set(sessionId, known);
    else known.ended.abort();
    return known.ended.signal;
  }

  /** The signal of a known session; null if it is unknown or has ended. */
  signalOf(sessionId: string): AbortSignal | null {
    return this.#known.get(sessionId)?.ended.signal ?? null;
  }

  /** Ignores unknown sessions. */
  extended(sessionId: string, endsAt: Date): void {
    const known = this.#known.get(sessionId);
    if (known) known.endsAt = Math.max(known.endsAt, endsAt.getTime());
  }

  /** The user logged out, or it was revoked. */
  ended(sessionId: string): void {
    this.#forget(sessionId);
    keep(this.#ended.add(sessionId));
  }

  all(): { readonly sessionId: string; readonly userId: string; readonly since: Date | null }[] {
    return [...this.#known].map(([sessionId, { userId, since }]) => ({ sessionId, userId, since }));
  }

  /** The user's sessions that started until then are over. Returns those that are known, for the caller to end. */
  endedUser(userId: string, before: Date): string[] {
    this.#endedUsers.delete(userId);
    keep(this.#endedUsers.set(userId, before));
    return this.all()
      .filter((known) => known.userId === userId && isBefore(known.since, before))
      .map(({ sessionId }) => sessionId);
  }

  /** Ends expired sessions. */
  sweep(): void {
    const now = this.#now();
    for (const [sessionId, { userId, endsAt }] of this.#known) {
      if (endsAt > now) continue;
      this.#expired(sessionId, userId);
      // Another server may have extended it.
      this.#forget(sessionId);
    }
  }

  #forget(sessionId: string): void {
    this.#known.get(sessionId)?.ended.abort();
    this.#known.delete(sessionId);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}

/** Without the time of its login, a session is taken for an old one. */
function isBefore(since: Date | null, end: Date | undefined): boolean {
  return end !== undefined && (since === null || since <= end);
}

function keep(recent: Set<string> | Map<string, Date>): void {
  const [oldest] = recent.keys();
  if (recent.size > MOST_ENDED && oldest !== undefined) recent.delete(oldest);
}
