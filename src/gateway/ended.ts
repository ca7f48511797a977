/** Which of the open things end with a session, with all sessions of a user, or with a desktop. */
import type { TicketClaims } from '#domain/ports/auth.ts';

export type EndedClaims = Pick<TicketClaims, 'sessionId' | 'userId' | 'sessionSince' | 'desktopId'>;

type Matches = (claims: EndedClaims) => boolean;

export function ofSession(sessionId: string): Matches {
  return (claims) => claims.sessionId === sessionId;
}

/** Of the sessions that started until `before`, as far as the ticket says it. */
export function ofUser(userId: string, before: Date): Matches {
  return (claims) => claims.userId === userId && (claims.sessionSince === undefined || claims.sessionSince <= before);
}

export function ofDesktop(desktopId: string): Matches {
  return (claims) => claims.desktopId === desktopId;
}
