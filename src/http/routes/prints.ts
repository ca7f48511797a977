/** What apps of the caller's desktop have printed: `/api/v1/desktop/prints`. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { PrintName, Prints, ShownPrint } from '#protocol/print.ts';
import type { ApiContext } from '../context.ts';
import { authenticated } from '../session.ts';

/** For the PDF viewer in a frame of our own page; a PDF file isn't a document that could run scripts of this origin. */
const FRAMED = "frame-ancestors 'self'; base-uri 'none'; form-action 'none'";

export function printRoutes({ desktops, prints, events }: ApiContext): FastifyPluginAsyncZod {
  return async (app) => {
    const params = z.object({ name: PrintName });

    app.get('/desktop/prints', { schema: { response: { 200: Prints } } }, async (request) =>
      prints.list(desktops.running(authenticated(request).user.id)),
    );

    app.post(
      '/desktop/prints/shown',
      { schema: { body: ShownPrint, response: { 204: z.null() } } },
      async (request, reply) => {
        await prints.shown(desktops.running(authenticated(request).user.id), request.body);
        return reply.status(204).send(null);
      },
    );

    app.get('/desktop/prints/:name', { schema: { params } }, async (request, reply) => {
      const { user } = authenticated(request);
      const { name } = request.params;
      const { bytes, content } = await prints.read(desktops.running(user.id), name);
      content.once('error', (error) => events.failed(`reading a print of ${user.id}`, error));
      void reply
        .type('application/pdf')
        .header('content-length', bytes)
        .header('content-disposition', `inline; filename*=UTF-8''${encodeURIComponent(name).replaceAll("'", '%27')}`)
        .header('content-security-policy', FRAMED)
        .header('cache-control', 'no-store');
      return reply.send(content);
    });

    app.delete('/desktop/prints/:name', { schema: { params, response: { 204: z.null() } } }, async (request, reply) => {
      await prints.remove(desktops.running(authenticated(request).user.id), request.params.name);
      return reply.status(204).send(null);
    });
  };
}
