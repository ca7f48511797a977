/** The caller's desktop, and for staff all desktops: `/api/v1/desktop`, `/api/v1/desktops`. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { DeskpodError } from '#domain/errors.ts';
import { locationOf } from '#domain/ports/engine.ts';
import { Desktop, DesktopRequest, DesktopSummary, FirstPixel, Ticket, TicketRequest } from '#protocol/desktop.ts';
import { Scale } from '#protocol/scale.ts';
import type { ApiContext } from '../context.ts';
import { endDesktop } from '../end-desktop.ts';
import { authenticated, withRole } from '../session.ts';
import { ticketClaims } from '../ticket-claims.ts';

export function desktopRoutes(context: ApiContext): FastifyPluginAsyncZod {
  const { desktops, engine, tickets, events, rebuilds, archives } = context;
  return async (app) => {
    app.get('/desktop', { schema: { response: { 200: Desktop } } }, async (request) =>
      desktops.get(authenticated(request).user.id),
    );

    app.post('/desktop', { schema: { body: DesktopRequest, response: { 200: Desktop } } }, async (request) => {
      const { user, account, sessionId } = authenticated(request);
      if (sessionId === 'local') throw new DeskpodError('forbidden', 'The local administrator has no desktop.');
      return desktops.start({ user, account }, request.body);
    });

    app.post(
      '/desktop/first-pixel',
      { schema: { body: FirstPixel, response: { 204: z.null() } } },
      async (request, reply) => {
        await desktops.firstPixel(authenticated(request).user.id, request.body.ms);
        return reply.status(204).send(null);
      },
    );

    const body = z.object({ dark: z.boolean() });
    app.put('/desktop/theme', { schema: { body, response: { 204: z.null() } } }, async (request, reply) => {
      desktops.setLook(authenticated(request).user.id, { theme: request.body.dark ? 'dark' : 'light' });
      return reply.status(204).send(null);
    });

    const scale = { body: z.object({ percent: Scale }), response: { 204: z.null() } };
    app.put('/desktop/scale', { schema: scale }, async (request, reply) => {
      desktops.setLook(authenticated(request).user.id, { scale: request.body.percent });
      return reply.status(204).send(null);
    });

    app.delete('/desktop', { schema: { response: { 204: z.null() } } }, async (request, reply) => {
      const { user } = authenticated(request);
      const desktop = desktops.runningOrNull(user.id);
      if (desktop) archives.refuseToEnd(desktop.id);
      if (desktop) await endDesktop(context, desktop.id);
      else await desktops.remove(user.id);
      return reply.status(204).send(null);
    });

    const when = z.object({ when: z.enum(['now', 'idle']) });
    app.post('/desktop/rebuild', { schema: { body: when, response: { 204: z.null() } } }, async (request, reply) => {
      const { user, account } = authenticated(request);
      const { id } = desktops.running(user.id);
      if (request.body.when === 'now') archives.refuseToEnd(id);
      if (request.body.when === 'now') await rebuilds.now({ user, account });
      else await rebuilds.whenIdle({ user, account });
      return reply.status(204).send(null);
    });

    app.delete('/desktop/rebuild', { schema: { response: { 204: z.null() } } }, async (request, reply) => {
      await rebuilds.cancel(authenticated(request).user.id);
      return reply.status(204).send(null);
    });

    const ticketSchema = { body: TicketRequest.nullish(), response: { 200: Ticket } };
    app.post('/desktop/ticket', { schema: ticketSchema }, async (request) => {
      const service = request.body?.service ?? 'screen';
      const { token, expiresAt } = await tickets.issue(await ticketClaims(context, authenticated(request), service));
      return { token, expiresAt: expiresAt.toISOString() };
    });

    app.get(
      '/desktops',
      { schema: { response: { 200: z.object({ desktops: z.array(DesktopSummary) }) } } },
      async (request) => {
        withRole(request, 'support', 'admin');
        const all = await engine.desktops();
        return {
          desktops: all.map((desktop) => ({
            id: desktop.id,
            userId: desktop.userId,
            state: desktop.state,
            createdAt: desktop.createdAt.toISOString(),
            place: locationOf(desktop),
            home: desktop.home,
          })),
        };
      },
    );

    app.delete(
      '/desktops/:id',
      { schema: { params: z.object({ id: z.string() }), response: { 204: z.null() } } },
      async (request, reply) => {
        const { user } = withRole(request, 'admin');
        const { id } = request.params;
        const owner = desktops.ownerOf(id);
        if (owner === null) throw new DeskpodError('not_found', `There is no desktop ${id}.`);
        events.audit(user.id, 'removed desktop', { desktop: id });
        await endDesktop(context, id);
        return reply.status(204).send(null);
      },
    );
  };
}
