/** Logging in and out: `/api/v1/session`. */
import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Authenticator, Identity } from '#domain/ports/auth.ts';
import { DeskpodError } from '#domain/errors.ts';
import { LoginOptions, LoginRequest, Session, type User } from '#protocol/user.ts';
import type { ApiContext } from '../context.ts';
import { endDesktop } from '../end-desktop.ts';
import { authenticated, forgetCookie, keepCookie } from '../session.ts';
import { settingForClient, type SettingForClient } from '../trusted-proxies.ts';

const LoggedIn = Session.extend({ token: z.string() });

const REFUSED = 'That name and password do not go together.';
const PROVIDER_NAMES = { directory: 'Directory', anonymous: 'Guest' } as const;

function presentSession(user: User, expiresAt: Date): Session {
  const secondsLeft = Math.max(0, Math.round((expiresAt.getTime() - Date.now()) / 1000));
  return { user, expiresAt: expiresAt.toISOString(), secondsLeft };
}

function tooMany(seconds: number, reply: FastifyReply): DeskpodError {
  void reply.header('retry-after', seconds);
  return new DeskpodError('too_many_attempts', 'Too many failed login attempts.', {
    remedy: `Try again in ${seconds} s.`,
  });
}

function linkIsOver(): DeskpodError {
  return new DeskpodError('login_refused', 'This login link was used already, or has expired.', {
    remedy: 'Log in with name and password, or restart the server for another link.',
  });
}

/** The same for every name, whether it exists or not. */
function refusedByProxy(what: string, who: string, setting: SettingForClient): DeskpodError {
  const once =
    setting === 'listen.allowedHosts' ? 'its host name is in' : 'it sends X-Forwarded-For and its address is in';
  return new DeskpodError('login_refused', what, {
    remedy: `If you came through a reverse proxy: ${who} can log in once ${once} ${setting}.`,
  });
}

export function sessionRoutes(context: ApiContext): FastifyPluginAsyncZod {
  const { authenticators, store, tokens, sessionEnds, desktops, hub, events } = context;

  function methodOf(body: LoginRequest): Authenticator['authenticate'] {
    if (body.provider === 'link') return () => context.links.use(body.token);
    const authenticator = authenticators.find(({ id }) => id === body.provider);
    if (!authenticator) throw new DeskpodError('login_refused', 'This login method is disabled here.');
    return (credentials, admits) => authenticator.authenticate(credentials, admits);
  }

  async function prove(body: LoginRequest, request: FastifyRequest, reply: FastifyReply): Promise<Identity> {
    const authenticate = methodOf(body);
    const setting = settingForClient(request.headers);
    const given = body.provider === 'directory' ? body : { name: '', password: '' };
    const credentials = { ...given, isUnknownClient: setting !== null };
    const { name } = credentials;
    if (setting !== null && body.provider === 'anonymous')
      throw refusedByProxy('Guests can’t log in through this proxy.', 'guests', setting);
    const attempt = context.attempts.begin(request.ip, name);
    if (attempt.verdict === 'refused') throw tooMany(attempt.retryAfterSeconds, reply);
    if (attempt.delayMs > 0) await setTimeout(attempt.delayMs);
    /** Of the name, once it is known. */
    const account: { userId?: string; isAdmitted: boolean } = { isAdmitted: true };
    const admits = (userId: string): boolean => {
      // Asked again if one server of a directory fails and another responds.
      if (account.userId === userId) return account.isAdmitted;
      account.userId = userId;
      account.isAdmitted = context.attempts.found(name, userId);
      return account.isAdmitted;
    };
    const identity = await authenticate(credentials, admits).catch((error: unknown) => {
      context.attempts.undecided(request.ip, name, account.isAdmitted ? account.userId : undefined);
      throw error;
    });
    if (!identity) {
      events.loginRefused(name, request.ip);
      if (body.provider === 'link') throw linkIsOver();
      if (setting !== null) throw refusedByProxy(REFUSED, 'demo users', setting);
      throw new DeskpodError('login_refused', REFUSED, {
        remedy: 'Check both and try again. After several failures, wait a minute first.',
      });
    }
    context.attempts.succeeded(request.ip, name, account.userId);
    return identity;
  }

  /** Starts a session. `login` is the name that was typed. */
  async function begin(
    identity: Identity,
    login: string | null,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<z.input<typeof LoggedIn>> {
    const sessionId = randomUUID();
    const at = new Date();
    const { token, expiresAt } = await tokens.issue(identity, sessionId, at);
    const { user } = identity;
    const userAgent = (request.headers['user-agent'] ?? '').slice(0, 512);
    await store.logins.add({
      userId: user.id,
      sessionId,
      at,
      address: request.ip,
      userAgent,
      provider: user.provider,
      login,
      endsAt: expiresAt,
    });
    events.loggedIn(user.id, request.ip);
    keepCookie(context, request, reply, { token, expiresAt });
    return { ...presentSession(user, expiresAt), token };
  }

  async function end(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { sessionId, expiresAt, user } = authenticated(request);
    await sessionEnds.end({ sessionId, userId: user.id, why: 'left' }, expiresAt);
    forgetCookie(context, reply);
  }

  return async (app) => {
    app.get('/login-options', { schema: { response: { 200: LoginOptions } } }, async () => ({
      providers: authenticators.map(({ id, name }) => ({ id, name: PROVIDER_NAMES[id], hint: name })),
      version: context.version,
    }));

    app.post('/session', { schema: { body: LoginRequest, response: { 200: LoggedIn } } }, async (request, reply) => {
      const { body } = request;
      const name = body.provider === 'directory' ? body.name : null;
      const logIn = async () => begin(await prove(body, request, reply), name, request, reply);
      return body.provider === 'anonymous' ? context.guests.admit(request.ip, logIn) : logIn();
    });

    app.get('/session', { schema: { response: { 200: Session } } }, async (request) => {
      const { user, expiresAt } = authenticated(request);
      return presentSession(user, expiresAt);
    });

    app.post(
      '/session/extend',
      { schema: { response: { 200: Session.extend({ token: z.string().optional() }) } } },
      async (request, reply) => {
        const { sessionId, user, account, since } = authenticated(request);
        if (sessionId === 'local') throw new DeskpodError('forbidden', 'The local administrator’s session never ends.');
        const { token, expiresAt } = await tokens.issue({ user, account }, sessionId, since);
        await sessionEnds.extend(sessionId, user.id, expiresAt);
        const bearer = request.headers.authorization !== undefined;
        if (!bearer) keepCookie(context, request, reply, { token, expiresAt });
        return { ...presentSession(user, expiresAt), ...(bearer && { token }) };
      },
    );

    app.delete('/session', { schema: { response: { 204: z.null() } } }, async (request, reply) => {
      events.loggedOut(authenticated(request).user.id, 'kept');
      await end(request, reply);
      return reply.status(204).send(null);
    });

    app.post('/session/logout', { schema: { response: { 204: z.null() } } }, async (request, reply) => {
      const { user } = authenticated(request);
      const desktop = desktops.runningOrNull(user.id);
      if (desktop) context.archives.refuseToEnd(desktop.id);
      if (desktop) await endDesktop(context, desktop.id);
      else await desktops.remove(user.id);
      events.loggedOut(user.id, 'removed');
      hub.publish(user.id, { type: 'logged_out' });
      await end(request, reply);
      return reply.status(204).send(null);
    });
  };
}
