/** The caller's apps: `/api/v1/apps`. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { appManifest } from '#domain/catalogue/app-manifest.ts';
import { iconOf } from '#domain/catalogue/icon.ts';
import { DeskpodError } from '#domain/errors.ts';
import { App, AppDefaults } from '#protocol/app.ts';
import type { ApiContext } from '../context.ts';
import { authenticated, viewerOf, withRole } from '../session.ts';

const INSTALL_TIMEOUT_MS = 20 * 60_000;
const Key = z.object({ app: z.string().min(1).max(512) });

export function appRoutes(context: ApiContext): FastifyPluginAsyncZod {
  const { catalogue, store, events, server } = context;
  return async (app) => {
    app.get('/apps', { schema: { response: { 200: z.object({ apps: z.array(App) }) } } }, async (request) => ({
      apps: await catalogue.appsFor(viewerOf(authenticated(request))),
    }));

    app.get(
      '/apps/icon',
      { schema: { querystring: Key.extend({ v: z.string().optional() }), hide: true } },
      async (request, reply) => {
        const icon = iconOf(await catalogue.startable(request.query.app, viewerOf(authenticated(request))));
        if (!icon) throw new DeskpodError('not_found', 'This app has no icon.');
        // Icons are untrusted files: browsers must show them as images, never run them as pages.
        void reply
          .header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'; sandbox")
          .type(icon.type);
        return reply.header('cache-control', 'private, max-age=31536000, immutable').send(icon.body);
      },
    );

    app.get('/apps/manifest', { schema: { querystring: Key, hide: true } }, async (request, reply) => {
      const document = await catalogue.startable(request.query.app, viewerOf(authenticated(request)));
      void reply.type('application/manifest+json').header('cache-control', 'private, no-cache');
      return reply.send(JSON.stringify(appManifest(document, server.path)));
    });

    app.post('/apps/install', { schema: { body: Key, response: { 202: App } } }, async (request, reply) => {
      const document = await catalogue.startable(request.body.app, viewerOf(authenticated(request)));
      catalogue
        .install(document.id, AbortSignal.timeout(INSTALL_TIMEOUT_MS))
        .catch((error: unknown) => events.warn(`installing ${document.id}: ${String(error)}`));
      return reply.status(202).send(await catalogue.present(document));
    });

    app.put(
      '/apps/defaults',
      { schema: { body: Key.extend(AppDefaults.shape), response: { 200: AppDefaults } } },
      async (request) => {
        const claims = withRole(request, 'admin');
        const { app: key, env, args } = request.body;
        const document = await catalogue.startable(key, viewerOf(claims));
        await store.apps.setDefaults(document.id, { env, args });
        events.audit(claims.user.id, 'set the defaults of', { app: document.id });
        return { env, args };
      },
    );
  };
}
