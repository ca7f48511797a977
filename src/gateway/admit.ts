/** Decides whether a request may see or hear a desktop: checks its origin, ticket, session and rights. */
import type { IncomingMessage } from 'node:http';
import type { TicketClaims, Tickets } from '#domain/ports/auth.ts';
import { DeskpodError } from '#domain/errors.ts';
import { type AllowedOrigin, originRefused } from './origin.ts';
import { ticketOf } from './ticket-of.ts';

export interface AdmissionRules {
  readonly tickets: Pick<Tickets, 'verify'>;
  readonly allowedOrigin: AllowedOrigin;
  /** False if the session has ended. */
  seen?(claims: TicketClaims): boolean;
  stillValid?(claims: TicketClaims): Promise<boolean> | boolean;
}

/** Throws `forbidden` or `not_authenticated`. */
export async function admit(
  rules: AdmissionRules,
  request: IncomingMessage,
  to: 'screen' | 'sound' | 'video',
): Promise<TicketClaims> {
  if (!rules.allowedOrigin(request.headers)) {
    throw originRefused(request.headers.origin);
  }
  const claims = await claimsOfTicket(rules, ticketOf(request));
  const { screen, sound = false, microphone = false, video = false } = claims.rights;
  const admitted = { screen: screen !== 'none', sound: sound || microphone, video };
  if (!admitted[to]) {
    throw new DeskpodError('forbidden', `This ticket doesn't include the ${to}.`);
  }
  return claims;
}

/** Throws `not_authenticated`; never reveals which part of a ticket is wrong. */
export async function claimsOfTicket(
  rules: Omit<AdmissionRules, 'allowedOrigin'>,
  ticket: string | null,
): Promise<TicketClaims> {
  const claims = ticket === null ? null : await rules.tickets.verify(ticket);
  if (claims === null || (await rules.stillValid?.(claims)) === false || rules.seen?.(claims) === false) {
    throw new DeskpodError('not_authenticated', 'The ticket is missing, damaged or expired.', {
      remedy: 'Request a new ticket and reconnect.',
    });
  }
  return claims;
}
