/** The HTTP side of the api role: `/api/v1`, the compatible `/API`, health and the browser's files. */
import type { RequestListener } from 'node:http';
import fastifyCookie from '@fastify/cookie';
import fastifyRateLimit from '@fastify/rate-limit';
import fastifySwagger from '@fastify/swagger';
import Fastify, { type FastifyInstance, type FastifyPluginAsync } from 'fastify';
import { jsonSchemaTransform, serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import { DeskpodError } from '#domain/errors.ts';
import type { ApiContext } from './context.ts';
import { errorHandler } from './errors.ts';
import type { Listening } from './listen.ts';
import { docsRoutes } from './routes/docs.ts';
import { appRoutes } from './routes/apps.ts';
import { desktopRoutes } from './routes/desktop.ts';
import { eventRoutes } from './routes/events.ts';
import { launchLogRoutes } from './routes/launch-log.ts';
import { launchRoutes } from './routes/launches.ts';
import { sessionRoutes } from './routes/session.ts';
import { summaryOf } from './routes/summaries.ts';
import { systemRoutes } from './routes/system.ts';
import { windowRoutes } from './routes/windows.ts';
import { registerSession } from './session.ts';
import { webFiles } from './static.ts';

const BODY_LIMIT = 1024 * 1024;
/** Per address; the shell of one user makes a few hundred requests when it starts several apps. */
const REQUESTS_PER_MINUTE = 1200;

/** The frame is ours alone, nothing is loaded from elsewhere, and no script but ours runs. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'self'",
  "img-src 'self' data: blob:",
  "style-src 'self' 'unsafe-inline'",
  "connect-src 'self' ws: wss:",
  "worker-src 'self' blob:",
  "object-src 'none'",
  "base-uri 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

export interface ServerOptions {
  readonly trustedProxies: readonly string[];
  readonly webRoot: string;
  /** The compatible manager API below `/API`. */
  readonly manager: FastifyPluginAsync;
  readonly listen: (handler: RequestListener) => Listening;
}

export async function buildServer(
  context: ApiContext,
  options: ServerOptions,
): Promise<{ app: FastifyInstance; listening: Listening }> {
  let listening: Listening | null = null;
  const app = Fastify({
    bodyLimit: BODY_LIMIT,
    trustProxy: options.trustedProxies.length > 0 ? [...options.trustedProxies] : false,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 1024, ignoreTrailingSlash: true },
    serverFactory: (handler) => {
      listening = options.listen(handler);
      const [first] = listening.servers;
      if (!first) throw new Error('no server to listen with');
      return first;
    },
  });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler(errorHandler(context.events.failed));
  app.setNotFoundHandler(() => {
    throw new DeskpodError('not_found', 'There is nothing here.');
  });
  app.addHook('onSend', async (_request, reply) => {
    if (!reply.hasHeader('content-security-policy'))
      void reply.header('content-security-policy', CONTENT_SECURITY_POLICY);
    void reply.header('x-content-type-options', 'nosniff').header('referrer-policy', 'no-referrer');
    void reply.header('cross-origin-opener-policy', 'same-origin');
  });
  app.addHook('onResponse', async (request, reply) => {
    const path = request.url.replace(/\?.*$/, '');
    if (path.startsWith('/api') || path.startsWith('/API')) {
      context.events.request(
        request.claims?.user.id ?? 'anonymous',
        request.method,
        path,
        reply.statusCode,
        reply.elapsedTime,
      );
    }
  });

  await app.register(fastifyCookie);
  await app.register(fastifyRateLimit, {
    max: REQUESTS_PER_MINUTE,
    timeWindow: '1 minute',
    allowList: (request) => !request.url.startsWith('/api/'),
  });
  app.decorateRequest('claims', null);
  await app.register(options.manager);
  await app.register(api(context), { prefix: '/api/v1' });
  app.get('/healthz', async () => 'OK');
  await app.register(webFiles(options.webRoot));
  await app.ready();
  if (!listening) throw new Error('the server was not made');
  return { app, listening };
}

function api(context: ApiContext): FastifyPluginAsync {
  return async (app) => {
    await app.register(fastifySwagger, {
      openapi: { info: { title: 'Deskpod', version: context.version }, servers: [{ url: '/' }] },
      transform(route) {
        const { schema, url } = jsonSchemaTransform(route);
        const summary = summaryOf(route.route.method, url);
        return { schema: summary === undefined ? schema : { ...schema, summary }, url };
      },
    });
    registerSession(app, context);
    await app.register(sessionRoutes(context));
    await app.register(desktopRoutes(context));
    await app.register(appRoutes(context));
    await app.register(launchRoutes(context));
    await app.register(launchLogRoutes(context));
    await app.register(windowRoutes(context));
    await app.register(eventRoutes(context));
    await app.register(systemRoutes(context));
    await app.register(docsRoutes);
  };
}
