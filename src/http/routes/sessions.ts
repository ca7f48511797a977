/** Sessions as a list: one’s own logins, and ending one or all of them: `/api/v1/sessions`, `/users/{id}/sessions`. */
import type { FastifyReply } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { DeskpodError } from '#domain/errors.ts';
import type { LoginEntry } from '#domain/ports/store.ts';
import { LoginRecord } from '#protocol/user.ts';
import type { ApiContext } from '../context.ts';
import { authenticated, forgetCookie, withRole } from '../session.ts';

const Id = z.object({ id: z.string().min(1).max(256) });

export function sessionsRoutes(context: ApiContext): FastifyPluginAsyncZod {
  const { store, sessionEnds, users, events } = context;

  /** Sessions that haven't ended are listed even if there were many logins since. */
  async function loginsOf(userId: string, now: Date): Promise<LoginEntry[]> {
    const [recent, open] = await Promise.all([store.logins.list(userId), store.logins.open(now, userId)]);
    const bySession = new Map([...recent, ...open].map((entry) => [entry.sessionId, entry]));
    return [...bySession.values()].toSorted((one, other) => other.at.getTime() - one.at.getTime());
  }

  return async (app) => {
    app.get(
      '/sessions',
      { schema: { response: { 200: z.object({ logins: z.array(LoginRecord) }) } } },
      async (request) => {
        const { user, sessionId } = authenticated(request);
        const now = new Date();
        const logins = await loginsOf(user.id, now);
        return { logins: logins.map((login) => presentLogin(login, now, sessionId)) };
      },
    );

    app.delete('/sessions/:id', { schema: { params: Id, response: { 204: z.null() } } }, async (request, reply) => {
      const { user, sessionId, expiresAt } = authenticated(request);
      const { id } = request.params;
      const open = await store.logins.open(new Date(), user.id);
      const endsAt = open.find((login) => login.sessionId === id)?.endsAt;
      if (!endsAt && id !== sessionId) throw new DeskpodError('not_found', 'You have no open session with this ID.');
      const isOwn = id === sessionId;
      await sessionEnds.end({ sessionId: id, userId: user.id, why: isOwn ? 'left' : 'revoked' }, endsAt ?? expiresAt);
      if (isOwn) events.loggedOut(user.id, 'kept');
      else events.audit(user.id, 'ended another session of', { target_user: user.id });
      return isOwn ? left(reply) : reply.status(204).send(null);
    });

    app.delete('/sessions', { schema: { response: { 204: z.null() } } }, async (request, reply) => {
      const { user, sessionId } = authenticated(request);
      if (sessionId === 'local') throw new DeskpodError('forbidden', 'The local administrator’s session never ends.');
      await sessionEnds.endUser(user.id);
      events.audit(user.id, 'ended all sessions of', { target_user: user.id });
      return left(reply);
    });

    app.delete(
      '/users/:id/sessions',
      { schema: { params: Id, response: { 204: z.null() } } },
      async (request, reply) => {
        const { user } = withRole(request, 'admin');
        const { id } = request.params;
        const isKnown =
          (await store.logins.list(id)).length > 0 || (await users.list()).some((known) => known.id === id);
        if (!isKnown) throw new DeskpodError('not_found', `No user ${id} has logged in.`, { field: 'id' });
        await sessionEnds.endUser(id);
        events.audit(user.id, 'ended all sessions of', { target_user: id });
        return reply.status(204).send(null);
      },
    );
  };

  function left(reply: FastifyReply): FastifyReply {
    forgetCookie(context, reply);
    return reply.status(204).send(null);
  }
}

function presentLogin(
  { sessionId: id, at, address, userAgent, endsAt }: LoginEntry,
  now: Date,
  current: string,
): LoginRecord {
  const open = id === current || (endsAt !== null && endsAt > now);
  const ends = endsAt && endsAt.toISOString();
  return { id, at: at.toISOString(), address, userAgent, endsAt: ends, open, current: id === current };
}
