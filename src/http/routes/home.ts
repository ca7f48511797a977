/** The home folder of the caller's desktop: `/api/v1/desktop/home`. */
import { Readable } from 'node:stream';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { listHome } from '#domain/desktops/home-files.ts';
import { loginName } from '#domain/names.ts';
import { HomeFiles } from '#protocol/home.ts';
import type { ApiContext } from '../context.ts';
import { authenticated } from '../session.ts';

export function homeRoutes({ desktops, engine, archives, events }: ApiContext): FastifyPluginAsyncZod {
  return async (app) => {
    app.get('/desktop/home', { schema: { response: { 200: HomeFiles } } }, async (request) => {
      const { id, shared } = desktops.running(authenticated(request).user.id);
      return listHome(engine, id, shared);
    });

    app.get('/desktop/home/archive', async (request, reply) => {
      const { user } = authenticated(request);
      const { id, shared } = desktops.running(user.id);
      const bytes = await archives.pack(id, shared);
      const archive = Readable.from(bytes, { objectMode: false });
      archive.once('error', (error) => events.failed(`packing the home of ${user.id}`, error));
      void reply
        .type('application/gzip')
        .header('content-disposition', `attachment; filename="${loginName(user.id)}-home.tar.gz"`)
        .header('cache-control', 'no-store');
      return reply.send(archive);
    });
  };
}
