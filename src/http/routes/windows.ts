/** Actions on windows: `/api/v1/windows`. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { WindowAction } from '#protocol/window.ts';
import type { ApiContext } from '../context.ts';
import { authenticated } from '../session.ts';

export function windowRoutes({ desktops, displays }: ApiContext): FastifyPluginAsyncZod {
  return async (app) => {
    const params = z.object({ id: z.coerce.number().int().positive() });
    app.post(
      '/windows/:id',
      { schema: { params, body: WindowAction, response: { 204: z.null() } } },
      async (request, reply) => {
        const desktop = desktops.running(authenticated(request).user.id);
        await displays.act(desktop.id, request.params.id, request.body);
        return reply.status(204).send(null);
      },
    );
  };
}
