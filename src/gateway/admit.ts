/** Decides whether a request may see a desktop: the page it comes from, its ticket, its session, its rights. */
import type { IncomingMessage } from 'node:http';
import type { TicketClaims, Tickets } from '#domain/auth.ts';
import { DeskpodError } from '#domain/errors.ts';
import { ticketOf } from './ticket-of.ts';

export interface AdmissionRules {
  readonly tickets: Pick<Tickets, 'verify'>;
  allowedOrigin(origin: string | undefined, host: string | undefined): boolean;
  stillValid?(claims: TicketClaims): Promise<boolean> | boolean;
}

/** `forbidden` or `not_authenticated`; never says which part of a ticket was wrong. */
export async function admit(rules: AdmissionRules, request: IncomingMessage): Promise<TicketClaims> {
  if (!rules.allowedOrigin(request.headers.origin, request.headers.host)) {
    throw new DeskpodError('forbidden', 'This page may not open the screen of a desktop here.', {
      remedy: 'Open Deskpod by the address that it was set up for.',
    });
  }
  const ticket = ticketOf(request);
  const claims = ticket === null ? null : await rules.tickets.verify(ticket);
  if (claims === null || (await rules.stillValid?.(claims)) === false) {
    throw new DeskpodError('not_authenticated', 'The ticket is missing, damaged or expired.', {
      remedy: 'Ask for a new ticket and connect again.',
    });
  }
  if (claims.rights.screen === 'none') {
    throw new DeskpodError('forbidden', 'This ticket does not include the screen.');
  }
  return claims;
}
