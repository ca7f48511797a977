/**
 * Tickets for `/dav/`: checks the access token of a file manager, and starts the user's desktop if none runs, as a login
 * does. Each ticket counts as use of the desktop. Gateways in other processes ask at `/api/v1/gateway/dav`.
 */
import { setTimeout } from 'node:timers/promises';
import type { FastifyPluginAsync } from 'fastify';
import type { z } from 'zod';
import { DeskpodError } from '#domain/errors.ts';
import type { SessionClaims } from '#domain/ports/auth.ts';
import { sameText } from '#domain/same-text.ts';
import { DAV_TICKETS_PATH, DavLogin, DavTicket } from '#protocol/access-token.ts';
import { bearerToken } from '#protocol/bearer.ts';
import type { ApiContext } from './context.ts';
import { filesClaims } from './files-claims.ts';

/** Pulling the images of a desktop takes longer; the next request finds out. */
const START_MS = 120_000;

export type DavTickets = (login: DavLogin) => Promise<string>;

export function davTickets(context: ApiContext): DavTickets {
  return async (login) => {
    if (!context.files.webdav)
      throw new DeskpodError('forbidden', 'Opening files with other programs is switched off on this server.', {
        remedy: 'An administrator can switch it on with the setting files.webdav.',
      });
    const claims = await proven(context, login);
    await running(context, claims);
    await context.attendance.mark([claims.user.id]);
    const { token } = await context.tickets.issue((await filesClaims(context, claims)).ticket);
    return token;
  };
}

export function davTicketsRoute(context: ApiContext): FastifyPluginAsync {
  const ticketFor = davTickets(context);
  const schema = { hide: true };
  return async (app) => {
    app.post(DAV_TICKETS_PATH, { schema, config: { rateLimit: false } }, async ({ headers, body }) => {
      const token = bearerToken(headers.authorization);
      if (token === null || !sameText(token, context.closingsToken))
        throw new DeskpodError('not_authenticated', 'Only gateways of this installation can use this.');
      return { ticket: await ticketFor(DavLogin.parse(body)) } satisfies z.infer<typeof DavTicket>;
    });
  };
}

/** Failures count as those of logins do, but under a name of their own: a mounted drive must not forgive guessed passwords. */
async function proven(
  { accessTokens, attempts, events }: Pick<ApiContext, 'accessTokens' | 'attempts' | 'events'>,
  { userId, token, address }: DavLogin,
): Promise<SessionClaims> {
  const name = `access token of ${userId}`;
  const attempt = attempts.begin(address, name);
  if (attempt.verdict === 'refused')
    throw new DeskpodError('too_many_attempts', 'Too many wrong access tokens.', {
      remedy: `Try again in ${attempt.retryAfterSeconds} s.`,
    });
  if (attempt.delayMs > 0) await setTimeout(attempt.delayMs);
  const claims = await accessTokens.verify(userId, token).catch((error: unknown) => {
    attempts.undecided(address, name);
    throw error;
  });
  if (claims === null) {
    events.loginRefused(name, address);
    throw new DeskpodError('login_refused', 'This user ID and access token don’t go together.', {
      remedy: 'Make an access token in the settings of the desktop, on the page User.',
    });
  }
  attempts.succeeded(address, name);
  return claims;
}

async function running(
  { desktops, hub }: Pick<ApiContext, 'desktops' | 'hub'>,
  { user, account }: SessionClaims,
): Promise<void> {
  const { id } = user;
  if (desktops.runningOrNull(id) !== null) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const isOver = (): boolean => !['starting', 'stopping'].includes(desktops.get(id).status.state);
  const stop = hub.subscribe(id, () => isOver() && resolve());
  try {
    await desktops.start({ user, account }, desktops.requestOf(id));
    if (!isOver()) await Promise.race([promise, setTimeout(START_MS, undefined, { ref: false })]);
  } finally {
    stop();
  }
  const { status } = desktops.get(id);
  if (status.state === 'running') return;
  if (status.state === 'failed')
    throw new DeskpodError('service_unavailable', status.reason, status.remedy ? { remedy: status.remedy } : {});
  throw new DeskpodError('service_unavailable', 'Your desktop is still starting.', {
    remedy: 'Try again in a moment.',
  });
}
