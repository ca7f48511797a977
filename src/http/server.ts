/** The HTTP side of a process, whatever its roles are: answers to failures, security headers, request lines. */
import type { RequestListener } from 'node:http';
import Fastify, { type FastifyInstance, type FastifyPluginAsync, type FastifyRequest } from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import { DeskpodError } from '#domain/errors.ts';
import type { Events } from '#events';
import { errorHandler } from './errors.ts';
import type { Listening } from './listen.ts';

const BODY_LIMIT = 1024 * 1024;
const TOO_LARGE = 413;

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
  readonly events: Pick<Events, 'request' | 'failed'>;
  readonly listen: (handler: RequestListener) => Listening;
  /** What the roles answer, each with a scope of its own. */
  readonly plugins: readonly FastifyPluginAsync[];
  /** For the request line. */
  readonly userOf: (request: FastifyRequest) => string | null;
}

export async function buildServer(options: ServerOptions): Promise<{ app: FastifyInstance; listening: Listening }> {
  const { events } = options;
  let listening: Listening | null = null;
  const app = Fastify({
    bodyLimit: BODY_LIMIT,
    // The door before this made the headers true (door.ts).
    trustProxy: true,
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
  app.setErrorHandler(errorHandler(events.failed));
  app.setNotFoundHandler(() => {
    throw new DeskpodError('not_found', 'There is nothing here.');
  });
  app.addHook('onSend', async (request, reply) => {
    if (reply.statusCode === TOO_LARGE) {
      // A connection that is closed while its body is still coming takes the answer with it.
      reply.removeHeader('connection');
      request.raw.resume();
    }
    if (!reply.hasHeader('content-security-policy'))
      void reply.header('content-security-policy', CONTENT_SECURITY_POLICY);
    void reply.header('x-content-type-options', 'nosniff').header('referrer-policy', 'no-referrer');
    void reply.header('cross-origin-opener-policy', 'same-origin');
  });
  app.addHook('onResponse', async (request, reply) => {
    const path = request.url.replace(/\?.*$/, '');
    if (!isLogged(path)) return;
    events.request(options.userOf(request) ?? 'anonymous', request.method, path, reply.statusCode, reply.elapsedTime);
  });
  for (const plugin of options.plugins) await app.register(plugin);
  await app.ready();
  if (!listening) throw new Error('the server was not made');
  return { app, listening };
}

/** Files of pages and measurements of the speed test are many and say nothing. */
function isLogged(path: string): boolean {
  return /^\/(api|healthz|readyz)/i.test(path);
}
