/** In a gateway: everything below `/api` and `/API` goes on to the api role as it came, body and all. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyPluginAsync } from 'fastify';
import { anyCase } from './manager/path.ts';

export interface PassOn {
  /** Owns both; never rejects. */
  request(request: IncomingMessage, response: ServerResponse): Promise<void>;
}

export function passOnRoutes(current: () => PassOn): FastifyPluginAsync {
  return async (app) => {
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', (_request, _payload, done) => done(null));
    app.all(`/:api(^${anyCase('api')}$)/*`, async (request, reply) => {
      const to = current();
      reply.hijack();
      await to.request(request.raw, reply.raw);
    });
  };
}
