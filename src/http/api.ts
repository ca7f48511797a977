/** `/api/v1`: the routes of the role api, with sessions, rate limits and the description of it all. */
import fastifyCookie from '@fastify/cookie';
import fastifyRateLimit from '@fastify/rate-limit';
import fastifySwagger from '@fastify/swagger';
import type { FastifyPluginAsync } from 'fastify';
import { jsonSchemaTransform } from 'fastify-type-provider-zod';
import { neighbourhood } from '#domain/server/neighbourhood.ts';
import { compressAnswers } from './compress.ts';
import type { ApiContext } from './context.ts';
import { davTicketsRoute } from './dav-tickets.ts';
import { accessTokenRoutes } from './routes/access-tokens.ts';
import { appRoutes } from './routes/apps.ts';
import { clipboardRoutes } from './routes/clipboard.ts';
import { desktopRoutes } from './routes/desktop.ts';
import { filesTicketRoutes } from './routes/files.ts';
import { homeRoutes } from './routes/home.ts';
import { closingsRoute } from './routes/closings.ts';
import { debugRoutes } from './routes/debug.ts';
import { docsRoutes } from './routes/docs.ts';
import { eventRoutes } from './routes/events.ts';
import { inspectRoutes } from './routes/inspect.ts';
import { launchLogRoutes } from './routes/launch-log.ts';
import { launchRoutes } from './routes/launches.ts';
import { limitRoutes } from './routes/limits.ts';
import { printRoutes } from './routes/prints.ts';
import { openRoutes } from './routes/open.ts';
import { sessionRoutes } from './routes/session.ts';
import { sessionsRoutes } from './routes/sessions.ts';
import { soundRoutes } from './routes/sound.ts';
import { summaryOf } from './routes/summaries.ts';
import { systemRoutes } from './routes/system.ts';
import { windowRoutes } from './routes/windows.ts';
import { registerSession } from './session.ts';

/** Of one user, or of one address without one; the shell of one user makes a few hundred requests when it starts several apps. */
const REQUESTS_PER_MINUTE = 1200;
/** Of all guests of one address: several people may share it. */
const REQUESTS_OF_GUESTS_PER_MINUTE = 6000;
const GUESTS = 'guests ';

export function apiRoutes(context: ApiContext): FastifyPluginAsync {
  return async (app) => {
    await compressAnswers(app);
    await app.register(fastifyCookie);
    await app.register(fastifyRateLimit, {
      max: (_, key) => (key.startsWith(GUESTS) ? REQUESTS_OF_GUESTS_PER_MINUTE : REQUESTS_PER_MINUTE),
      timeWindow: '1 minute',
      keyGenerator: ({ claims, ip }) => {
        if (claims === null) return neighbourhood(ip);
        // Another login would be another user.
        return claims.user.provider === 'anonymous' ? `${GUESTS}${neighbourhood(ip)}` : `user ${claims.user.id}`;
      },
    });
    app.decorateRequest('claims', null);
    app.decorateRequest('sessionEnded', null);
    app.decorateRequest('countStream', null);
    await app.register(closingsRoute(context));
    await app.register(davTicketsRoute(context));
    await app.register(versionOne(context), { prefix: '/api/v1' });
  };
}

function versionOne(context: ApiContext): FastifyPluginAsync {
  return async (app) => {
    await app.register(fastifySwagger, {
      openapi: { info: { title: 'Deskpod', version: context.version }, servers: [{ url: context.server.path }] },
      transform(route) {
        const { schema, url } = jsonSchemaTransform(route);
        const summary = summaryOf(route.route.method, url);
        return { schema: summary === undefined ? schema : { ...schema, summary }, url };
      },
    });
    registerSession(app, context);
    await app.register(sessionRoutes(context));
    await app.register(sessionsRoutes(context));
    await app.register(accessTokenRoutes(context));
    await app.register(desktopRoutes(context));
    await app.register(homeRoutes(context));
    await app.register(filesTicketRoutes(context));
    await app.register(printRoutes(context));
    await app.register(openRoutes(context));
    await app.register(appRoutes(context));
    await app.register(launchRoutes(context));
    await app.register(launchLogRoutes(context));
    await app.register(debugRoutes(context));
    await app.register(inspectRoutes(context));
    await app.register(windowRoutes(context));
    await app.register(clipboardRoutes(context));
    await app.register(soundRoutes(context));
    await app.register(eventRoutes(context));
    await app.register(limitRoutes(context));
    await app.register(systemRoutes(context));
    await app.register(docsRoutes);
  };
}
