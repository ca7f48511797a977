/** Logging in and out: `/api/v1/session`. */
import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Identity } from '#domain/auth.ts';
import { DeskpodError } from '#domain/errors.ts';
import { LoginOptions, LoginRecord, LoginRequest, Session, SESSION_COOKIE } from '#protocol/user.ts';
import type { ApiContext } from '../context.ts';
import { endDesktop } from '../end-desktop.ts';
import { authenticated } from '../session.ts';

const REFUSED = 'That name and password do not go together.';
const PROVIDER_NAMES = { directory: 'Directory', anonymous: 'Guest' } as const;

export function sessionRoutes(context: ApiContext): FastifyPluginAsyncZod {
  const { authenticators, store, tokens, revocations, desktops, gateway, hub, events } = context;

  async function prove(body: LoginRequest, request: FastifyRequest, reply: FastifyReply): Promise<Identity> {
    const authenticator = authenticators.find((candidate) => candidate.id === body.provider);
    if (!authenticator) throw new DeskpodError('login_refused', 'This way to log in is switched off here.');
    const credentials = body.provider === 'directory' ? body : { name: '', password: '' };
    const { name } = credentials;
    const attempt = context.attempts.begin(request.ip, name);
    if (attempt.verdict === 'refused') {
      void reply.header('retry-after', attempt.retryAfterSeconds);
      const remedy = `Try again in ${attempt.retryAfterSeconds} s.`;
      throw new DeskpodError('too_many_attempts', 'There were too many failed attempts.', { remedy });
    }
    if (attempt.delayMs > 0) await setTimeout(attempt.delayMs);
    const identity = await authenticator.authenticate(credentials).catch((error: unknown) => {
      context.attempts.undecided(request.ip, name);
      throw error;
    });
    if (!identity) {
      events.loginRefused(name, request.ip);
      throw new DeskpodError('login_refused', REFUSED, { remedy: 'Check both and try again.' });
    }
    context.attempts.succeeded(request.ip, name);
    return identity;
  }

  async function end(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { sessionId, expiresAt, user } = authenticated(request);
    await revocations.revoke(sessionId, expiresAt, user.id);
    gateway.closeSession(sessionId);
    hub.publish(user.id, { type: 'session_ended', sessionId });
    void reply.clearCookie(SESSION_COOKIE, { path: context.server.path });
  }

  return async (app) => {
    app.get('/login-options', { schema: { response: { 200: LoginOptions } } }, async () => ({
      providers: authenticators.map(({ id, name }) => ({ id, name: PROVIDER_NAMES[id], hint: name })),
      version: context.version,
    }));

    app.post(
      '/session',
      { schema: { body: LoginRequest, response: { 200: Session.extend({ token: z.string() }) } } },
      async (request, reply) => {
        const identity = await prove(request.body, request, reply);
        const sessionId = randomUUID();
        const { token, expiresAt } = await tokens.issue(identity, sessionId);
        const { user } = identity;
        const userAgent = (request.headers['user-agent'] ?? '').slice(0, 512);
        await store.logins.add({ userId: user.id, sessionId, at: new Date(), address: request.ip, userAgent });
        events.loggedIn(user.id, request.ip);
        void reply.setCookie(SESSION_COOKIE, token, {
          path: context.server.path,
          httpOnly: true,
          sameSite: 'strict',
          secure: request.protocol === 'https',
          expires: expiresAt,
        });
        return { user, expiresAt: expiresAt.toISOString(), token };
      },
    );

    app.get('/session', { schema: { response: { 200: Session } } }, async (request) => {
      const { user, expiresAt } = authenticated(request);
      return { user, expiresAt: expiresAt.toISOString() };
    });

    app.delete('/session', { schema: { response: { 204: z.null() } } }, async (request, reply) => {
      events.loggedOut(authenticated(request).user.id, 'kept');
      await end(request, reply);
      return reply.status(204).send(null);
    });

    app.post('/session/logout', { schema: { response: { 204: z.null() } } }, async (request, reply) => {
      const { user } = authenticated(request);
      const desktop = desktops.runningOrNull(user.id);
      if (desktop) await endDesktop(context, desktop.id);
      else await desktops.remove(user.id);
      events.loggedOut(user.id, 'removed');
      hub.publish(user.id, { type: 'logged_out' });
      await end(request, reply);
      return reply.status(204).send(null);
    });

    app.get(
      '/sessions',
      { schema: { response: { 200: z.object({ logins: z.array(LoginRecord) }) } } },
      async (request) => {
        const { user, sessionId } = authenticated(request);
        const entries = await store.logins.list(user.id);
        return {
          logins: entries.map(({ at, address, userAgent, sessionId: id }) => ({
            at: at.toISOString(),
            address,
            userAgent,
            current: id === sessionId,
          })),
        };
      },
    );
  };
}
