/** The caller's apps, and the app store: `/api/v1/apps`. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { appManifest } from '#domain/catalogue/app-manifest.ts';
import { iconOf } from '#domain/catalogue/icon.ts';
import type { AppStore } from '#domain/catalogue/app-store.ts';
import type { Customer } from '#domain/catalogue/install-policy.ts';
import { DeskpodError } from '#domain/errors.ts';
import { isGuest } from '#domain/ports/engine.ts';
import { App, AppDefaults } from '#protocol/app.ts';
import { AppStoreList, RemoveApp, StoreApp } from '#protocol/app-store.ts';
import type { ApiContext, Claims } from '../context.ts';
import { authenticated, hasRole, viewerOf, withRole } from '../session.ts';
import { type EventStream, openEventStream } from '../sse.ts';

/** Changes of progress arrive several times a second. */
const TOGETHER_MS = 200;
const Key = z.object({ app: z.string().min(1).max(512) });

export function appRoutes(context: ApiContext): FastifyPluginAsyncZod {
  const { catalogue, appStore, store, events, server } = context;
  return async (app) => {
    app.get('/apps', { schema: { response: { 200: z.object({ apps: z.array(App) }) } } }, async (request) => ({
      apps: await catalogue.appsFor(viewerOf(authenticated(request))),
    }));

    app.get(
      '/apps/icon',
      { schema: { querystring: Key.extend({ v: z.string().optional() }), hide: true } },
      async (request, reply) => {
        const icon = iconOf(appStore.find(request.query.app, customerOf(authenticated(request))));
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

    app.get(
      '/apps/picture',
      { schema: { querystring: Key.extend({ v: z.string().optional() }), hide: true } },
      async (request, reply) => {
        const picture = appStore.picture(request.query.app, customerOf(authenticated(request)));
        if (!picture) throw new DeskpodError('not_found', 'There is no picture of this app.');
        void reply.type(picture.type).header('cache-control', 'private, max-age=31536000, immutable');
        return reply.send(await picture.read());
      },
    );

    app.get('/apps/store', { schema: { response: { 200: AppStoreList } } }, async (request) =>
      appStore.list(customerOf(authenticated(request))),
    );

    app.get('/apps/store/stream', async (request, reply) => {
      const who = customerOf(authenticated(request));
      const stream = openEventStream(request, reply);
      context.stopping.addEventListener('abort', () => stream.end(), { signal: stream.signal });
      await followStore(appStore, who, stream, (error) => events.failed('telling of the app store', error));
    });

    app.post('/apps/install', { schema: { body: Key, response: { 202: StoreApp } } }, async (request, reply) =>
      reply.status(202).send(await appStore.install(request.body.app, customerOf(authenticated(request)))),
    );

    app.post('/apps/update', { schema: { body: Key, response: { 202: StoreApp } } }, async (request, reply) =>
      reply.status(202).send(await appStore.update(request.body.app, customerOf(authenticated(request)))),
    );

    app.post('/apps/remove', { schema: { body: RemoveApp, response: { 204: z.null() } } }, async (request, reply) => {
      await appStore.remove(request.body.app, customerOf(authenticated(request)), request.body.force);
      return reply.status(204).send(null);
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

function customerOf(claims: Claims): Customer {
  const { user, account } = claims;
  return {
    userId: user.id,
    labels: viewerOf(claims),
    isAdmin: hasRole(claims, 'admin'),
    isGuest: isGuest(account),
  };
}

/** A snapshot, then what changes, until the client leaves. Changes in quick succession are sent together. */
async function followStore(
  appStore: AppStore,
  who: Customer,
  stream: EventStream,
  failed: (error: unknown) => void,
): Promise<void> {
  let changed = new Set<string | null>([null]);
  let due: ReturnType<typeof setTimeout> | null = null;
  const tell = async (): Promise<void> => {
    due = null;
    const ids = changed.has(null) ? [null] : [...changed];
    changed = new Set();
    for (const id of ids) {
      const event = await appStore.event(id, who);
      if (event !== null) stream.send(event);
    }
  };
  const stop = appStore.onChange((id) => {
    changed.add(id);
    due ??= setTimeout(() => void tell().catch(failed), TOGETHER_MS);
  });
  stream.signal.addEventListener('abort', () => {
    stop();
    clearTimeout(due ?? undefined);
  });
  await tell();
  appStore.look().catch(failed);
}
