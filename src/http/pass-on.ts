/** In a gateway: forwards everything below `/api` and `/API` to the API, unchanged. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyPluginAsync } from 'fastify';
import { forwardLocalUser } from './local-user.ts';
import { anyCase } from './manager/path.ts';

const MANAGER = /^\/api\/manager\//i;

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
      if (MANAGER.test(request.raw.url ?? '')) await forwardLocalUser(request.raw);
      reply.hijack();
      await to.request(request.raw, reply.raw);
    });
  };
}
