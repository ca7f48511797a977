/** Debug sessions: `/api/v1/debug`. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { DebugFilter } from '#domain/ports/debug-store.ts';
import {
  CopyRequest,
  DebugOffer,
  DebugQuery,
  DebugSession,
  DebugTarget,
  ExecRequest,
  ToolboxRequest,
} from '#protocol/debug.ts';
import type { ApiContext } from '../context.ts';
import { authenticated, withRole } from '../session.ts';

const Id = z.object({ id: z.uuid() });
const Answer = z.object({ agree: z.boolean() });
const one = { params: Id, response: { 200: DebugSession } };

export function debugRoutes({ debug }: ApiContext): FastifyPluginAsyncZod {
  return async (app) => {
    app.get('/debug/offer', { schema: { querystring: DebugTarget, response: { 200: DebugOffer } } }, async (request) =>
      debug.offer(authenticated(request).user, request.query),
    );

    app.get(
      '/debug',
      { schema: { querystring: DebugQuery, response: { 200: z.object({ sessions: z.array(DebugSession) }) } } },
      async (request) => {
        const { user: self } = authenticated(request);
        const { user, open, limit } = request.query;
        if (user !== undefined && user !== self.id) withRole(request, 'support', 'admin');
        const filter: DebugFilter = user === undefined ? { involving: self.id } : user === '*' ? {} : { userId: user };
        return { sessions: await debug.list({ ...filter, ...(open === undefined ? {} : { open }), limit }) };
      },
    );

    app.post(
      '/debug/toolboxes',
      { schema: { body: ToolboxRequest, response: { 202: DebugSession } } },
      async (request, reply) =>
        reply.status(202).send(await debug.request(authenticated(request).user, { ...request.body, kind: 'toolbox' })),
    );

    app.post(
      '/debug/copies',
      { schema: { body: CopyRequest, response: { 202: DebugSession } } },
      async (request, reply) =>
        reply.status(202).send(await debug.request(authenticated(request).user, { ...request.body, kind: 'copy' })),
    );

    app.post(
      '/debug/execs',
      { schema: { body: ExecRequest, response: { 202: DebugSession } } },
      async (request, reply) =>
        reply.status(202).send(await debug.request(authenticated(request).user, { ...request.body, kind: 'exec' })),
    );

    app.get('/debug/:id', { schema: one }, async (request) =>
      debug.get(authenticated(request).user, request.params.id),
    );

    app.post('/debug/:id/answer', { schema: { ...one, body: Answer } }, async (request) =>
      debug.answer(authenticated(request).user, request.params.id, request.body.agree),
    );

    app.post('/debug/:id/approval', { schema: { ...one, body: Answer } }, async (request) =>
      debug.approve(authenticated(request).user, request.params.id, request.body.agree),
    );

    app.post('/debug/:id/extension', { schema: one }, async (request) =>
      debug.extend(authenticated(request).user, request.params.id),
    );

    app.post('/debug/:id/end', { schema: one }, async (request) =>
      debug.end(authenticated(request).user, request.params.id),
    );

    app.post('/debug/:id/seen', { schema: { params: Id, response: { 204: z.null() } } }, async (request, reply) => {
      await debug.seen(authenticated(request).user, request.params.id);
      return reply.status(204).send(null);
    });

    app.get(
      '/debug/:id/transcript',
      { schema: { params: Id, response: { 200: z.string() } } },
      async (request, reply) => {
        const { id } = request.params;
        const text = await debug.transcript(authenticated(request).user, id);
        void reply
          .type('text/plain; charset=utf-8')
          .header('content-disposition', `attachment; filename="debug-${id}.cast"`);
        return reply.send(text);
      },
    );
  };
}
