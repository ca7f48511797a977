/** Tells a page whether it may open screens and terminals: browsers hide why a WebSocket was refused. */
import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyPluginAsync } from 'fastify';
import { SCREEN_CHECK_PATH } from '#protocol/screen.ts';

/** `check` throws the error for the page. It needs no login because it only concerns the page's address. */
export function screenCheck(check: (headers: IncomingHttpHeaders) => void): FastifyPluginAsync {
  return async (app) => {
    app.post(SCREEN_CHECK_PATH, { schema: { hide: true } }, async (request, reply) => {
      check(request.headers);
      return reply.header('cache-control', 'no-store').status(204).send();
    });
  };
}
