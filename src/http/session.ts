/** Authenticates requests by cookie or bearer token, once per request. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Viewer } from '#domain/catalogue/acl.ts';
import { DeskpodError } from '#domain/errors.ts';
import { sameText } from '#domain/same-text.ts';
import { bearerToken } from '#protocol/bearer.ts';
import { type Role, SESSION_COOKIE } from '#protocol/user.ts';
import type { ApiContext, Claims } from './context.ts';

/** A page of another origin can't set this header without a preflight, which the server never allows. */
const GUARD = 'x-deskpod';
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

declare module 'fastify' {
  interface FastifyRequest {
    /** Null if the caller isn't authenticated. */
    claims: Claims | null;
    /** Aborts when the session of `claims` ends. */
    sessionEnded: AbortSignal | null;
    /** Counts a stream of the user of `claims` until the returned function is called; throws if they have too many open. */
    countStream: (() => () => void) | null;
  }
}

/** Sets `request.claims` before any handler of `/api/v1` runs. */
export function registerSession(app: FastifyInstance, context: ApiContext): void {
  app.addHook('onRequest', async (request, reply) => {
    const bearer = bearerToken(request.headers.authorization);
    const own = request.cookies[context.cookieName];
    const token = bearer ?? own ?? request.cookies[SESSION_COOKIE];
    request.claims = token ? await claimsOf(context, token) : null;
    request.sessionEnded = request.claims && context.sessions.signalOf(request.claims.sessionId);
    const userId = request.claims?.user.id;
    request.countStream = userId === undefined ? null : () => context.sessions.connections.open(userId, 'streams');
    if (bearer === null && own === undefined && token !== undefined && request.claims !== null) {
      // Issued by an older server, which used one cookie name for all installations.
      keepCookie(context, request, reply, { token, expiresAt: request.claims.expiresAt });
      void reply.clearCookie(SESSION_COOKIE, { path: context.server.path });
    }
    if (!bearer && !SAFE.has(request.method) && request.headers[GUARD] !== '1') {
      throw new DeskpodError('forbidden', 'The header X-Deskpod: 1 is missing.', {
        remedy: 'Send it with every request that changes something, or use a bearer token.',
      });
    }
  });
}

/** Null if the token is unknown or expired, or its session has ended. */
export async function claimsOf(context: ApiContext, token: string): Promise<Claims | null> {
  if (sameText(token, context.localToken)) return LOCAL;
  const claims = await context.tokens.verify(token);
  if (!claims) return null;
  const { sessionId, since, expiresAt: endsAt } = claims;
  const userId = claims.user.id;
  const [isRevoked, user] = await Promise.all([
    context.revocations.isRevoked(sessionId, { userId, since }),
    context.users.current(claims.user),
  ]);
  if (isRevoked || user === null) return null;
  // It may have ended meanwhile.
  return context.sessions.seen({ sessionId, userId, since, endsAt }).aborted ? null : { ...claims, user };
}

/** Sets the session cookie. */
export function keepCookie(
  { cookieName, server }: Pick<ApiContext, 'cookieName' | 'server'>,
  request: FastifyRequest,
  reply: FastifyReply,
  { token, expiresAt }: { readonly token: string; readonly expiresAt: Date },
): void {
  void reply.setCookie(cookieName, token, {
    path: server.path,
    httpOnly: true,
    sameSite: 'strict',
    secure: request.protocol === 'https',
    expires: expiresAt,
  });
}

/** Also removes the one that older servers set. */
export function forgetCookie(
  { cookieName, server }: Pick<ApiContext, 'cookieName' | 'server'>,
  reply: FastifyReply,
): void {
  for (const name of [cookieName, SESSION_COOKIE]) void reply.clearCookie(name, { path: server.path });
}

export function authenticated(request: FastifyRequest): Claims {
  if (request.claims) return request.claims;
  throw new DeskpodError('not_authenticated', "You aren't logged in.", { remedy: 'Log in and try again.' });
}

export function withRole(request: FastifyRequest, ...roles: Role[]): Claims {
  const claims = authenticated(request);
  if (hasRole(claims, ...roles)) return claims;
  throw new DeskpodError('forbidden', `This needs the role ${roles.join(' or ')}.`);
}

export function hasRole(claims: Claims, ...roles: Role[]): boolean {
  return roles.some((role) => claims.user.roles.includes(role));
}

/** Determines the apps that the caller sees. */
export function viewerOf(claims: Claims): Viewer {
  return claims === LOCAL ? null : claims.user.labels;
}

/** The administrator at this machine's command line, who has no desktop. */
const LOCAL: Claims = {
  sessionId: 'local',
  user: {
    id: 'administrator',
    name: 'Administrator',
    provider: 'local',
    labels: [],
    roles: ['user', 'support', 'admin'],
  },
  account: { userId: 'administrator', displayName: 'Administrator', provider: 'local', uid: 65534, gid: 65534 },
  expiresAt: new Date('9999-12-31T00:00:00Z'),
  since: new Date(0),
};
