/** Actions on windows, and their icons: `/api/v1/windows`. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { DeskpodError } from '#domain/errors.ts';
import { WindowAction } from '#protocol/window.ts';
import type { ApiContext } from '../context.ts';
import { authenticated } from '../session.ts';

/** Counted apart from other requests, so that a program that keeps changing its icon can't use up those of its user. */
const ICONS_PER_MINUTE = 1200;

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

    const version = z.object({ version: z.string().max(64) });
    const config = { rateLimit: { max: ICONS_PER_MINUTE, timeWindow: '1 minute' } };
    app.get('/windows/icons/:version', { schema: { params: version, hide: true }, config }, async (request, reply) => {
      const desktop = desktops.running(authenticated(request).user.id);
      const png = await displays.icon(desktop.id, request.params.version);
      if (png === null) throw new DeskpodError('not_found', 'No window of your desktop has this icon any more.');
      return reply.type('image/png').header('cache-control', 'private, max-age=31536000, immutable').send(png);
    });
  };
}
