/** Who sends a request: by cookie or bearer token, checked once per request. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Viewer } from '#domain/catalogue/acl.ts';
import { DeskpodError } from '#domain/errors.ts';
import { type Role, SESSION_COOKIE } from '#protocol/user.ts';
import type { ApiContext, Claims } from './context.ts';

/** A page of another origin cannot set this header without a preflight, which we never grant. */
const GUARD = 'x-deskpod';
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

declare module 'fastify' {
  interface FastifyRequest {
    /** Null for a caller that did not prove who it is. */
    claims: Claims | null;
  }
}

/** Makes `request.claims` known before any handler of `/api/v1` runs. */
export function registerSession(app: FastifyInstance, context: ApiContext): void {
  app.addHook('onRequest', async (request) => {
    const bearer = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
    const cookie = request.cookies[SESSION_COOKIE];
    const token = bearer ?? cookie;
    request.claims = token ? await claimsOf(context, token) : null;
    if (!bearer && !SAFE.has(request.method) && request.headers[GUARD] !== '1') {
      throw new DeskpodError('forbidden', 'The request lacks the header X-Deskpod: 1.', {
        remedy: 'Send it with every request that changes something, or use a bearer token.',
      });
    }
  });
}

/** Null for a token that is unknown, expired or of an ended session. */
export async function claimsOf(context: ApiContext, token: string): Promise<Claims | null> {
  if (sameText(token, context.localToken)) return LOCAL;
  const claims = await context.tokens.verify(token);
  if (!claims || (await context.revocations.isRevoked(claims.sessionId))) return null;
  return claims;
}

export function authenticated(request: FastifyRequest): Claims {
  if (request.claims) return request.claims;
  throw new DeskpodError('not_authenticated', 'You are not logged in.', { remedy: 'Log in and try again.' });
}

export function withRole(request: FastifyRequest, ...roles: Role[]): Claims {
  const claims = authenticated(request);
  if (hasRole(claims, ...roles)) return claims;
  throw new DeskpodError('forbidden', `This needs the role ${roles.join(' or ')}.`);
}

export function hasRole(claims: Claims, ...roles: Role[]): boolean {
  return roles.some((role) => claims.user.roles.includes(role));
}

/** Whose apps are shown to this caller. */
export function viewerOf(claims: Claims): Viewer {
  return claims === LOCAL ? null : claims.user.labels;
}

/** The administrator at this machine's command line: has no desktop of their own. */
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
};

export function sameText(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
