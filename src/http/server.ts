/** The HTTP side of a process, whatever its roles are: answers to failures, security headers, request lines. */
import type { IncomingMessage, RequestListener } from 'node:http';
import Fastify, { type FastifyInstance, type FastifyPluginAsync, type FastifyRequest } from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import { DeskpodError } from '#domain/errors.ts';
import type { Events } from '#events';
import { Bodies } from './bodies.ts';
import { answerClientError } from './client-error.ts';
import { errorHandler, NOTHING_HERE } from './errors.ts';
import type { Listening } from './listen.ts';
import { refuseForeignHosts } from './misdirected.ts';
import { protect } from './protection.ts';

const BODY_LIMIT = 1024 * 1024;
/** The largest requests have a few thousand. */
const MOST_MARKS = 50_000;

export interface ServerOptions {
  readonly events: Pick<Events, 'request' | 'failed' | 'warn'>;
  readonly listen: (handler: RequestListener) => Listening;
  /** What the roles answer, each with a scope of its own. */
  readonly plugins: readonly FastifyPluginAsync[];
  /** For the request line. */
  readonly userOf: (request: FastifyRequest) => string | null;
}

export async function buildServer(options: ServerOptions): Promise<{ app: FastifyInstance; listening: Listening }> {
  const { events } = options;
  const answerFailure = errorHandler(events);
  let listening: Listening | null = null;
  const app = Fastify({
    bodyLimit: BODY_LIMIT,
    // trusted-proxies.ts has verified the forwarding headers.
    trustProxy: true,
    forceCloseConnections: true,
    // Before routing, so before the handler below is asked.
    clientErrorHandler: answerClientError,
    frameworkErrors: (error, request, reply) => void answerFailure(error, request, reply),
    routerOptions: { maxParamLength: 1024, ignoreTrailingSlash: true },
    serverFactory: (handler) => {
      listening = options.listen(handler);
      const [first, ...others] = listening.servers;
      if (!first) throw new Error('no server to listen on');
      // The first one gets it from Fastify.
      for (const server of others) server.on('clientError', answerClientError);
      return first;
    },
  });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler(answerFailure);
  const parseJson = app.getDefaultJsonParser('error', 'error');
  const bodies = new Bodies();
  app.addContentTypeParser('application/json', async (request: FastifyRequest, payload: IncomingMessage) => {
    const limits = { bytes: request.routeOptions.bodyLimit, marks: MOST_MARKS };
    const text = await bodies.receiveJson(payload, limits);
    return await new Promise((resolve, reject) => {
      void parseJson(request, text, (error, body) => (error === null ? resolve(body) : reject(error)));
    });
  });
  app.setNotFoundHandler(() => {
    throw new DeskpodError('not_found', NOTHING_HERE);
  });
  app.addHook('onRequest', refuseForeignHosts);
  app.addHook('onSend', async (request, reply) => {
    if (!request.raw.complete) {
      reply.removeHeader('connection');
      void bodies.discard(request.raw);
    }
    protect(request, reply);
  });
  app.addHook('onResponse', async (request, reply) => {
    const path = request.url.replace(/\?.*$/, '');
    if (!isLogged(path, reply.statusCode)) return;
    events.request({
      user: options.userOf(request) ?? 'anonymous',
      remoteAddr: request.ip,
      method: request.method,
      path,
      status: reply.statusCode,
      durationMs: reply.elapsedTime,
    });
  });
  for (const plugin of options.plugins) await app.register(plugin);
  await app.ready();
  if (!listening) throw new Error('the server was not created');
  return { app, listening };
}

/**
 * Static files and the speed test's measurements would only fill the log. Of the probes, `/healthz` is logged every ten
 * seconds, as documented; `/readyz` only when the server isn't ready.
 */
function isLogged(path: string, status: number): boolean {
  return /^\/(api|healthz)/i.test(path) || (path === '/readyz' && status !== 200);
}
