/** What is open, or just opening, under tickets: closes what a session, user or desktop that ended had. */
import type { TicketClaims } from '#domain/ports/auth.ts';
import { CloseCode } from '#protocol/screen.ts';

export interface Closable {
  readonly claims: TicketClaims;
  close(code: CloseCode, reason: string): void;
}

export class Opened {
  readonly #all = new Set<Closable>();

  add(one: Closable): void {
    this.#all.add(one);
  }

  delete(one: Closable): void {
    this.#all.delete(one);
  }

  closeSession(sessionId: string): void {
    this.#close((claims) => claims.sessionId === sessionId, CloseCode.sessionEnded, 'you were logged out');
  }

  /** Those of the user's sessions that started until then. */
  closeUser(userId: string, before: Date): void {
    const matches = ({ sessionSince, ...claims }: TicketClaims): boolean =>
      claims.userId === userId && (sessionSince === undefined || sessionSince <= before);
    this.#close(matches, CloseCode.sessionEnded, 'you were logged out');
  }

  closeDesktop(desktopId: string): void {
    this.#close((claims) => claims.desktopId === desktopId, CloseCode.desktopGone, 'the desktop was removed');
  }

  closeAll(): void {
    this.#close(() => true, CloseCode.serverStopping, 'the server is stopping');
  }

  #close(matches: (claims: TicketClaims) => boolean, code: CloseCode, reason: string): void {
    for (const one of this.#all) if (matches(one.claims)) one.close(code, reason);
  }
}
