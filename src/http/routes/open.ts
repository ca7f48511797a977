/** Opening files and links in the caller's desktop: `/api/v1/desktop/open`. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { OpenRequest, OpenResult } from '#protocol/open.ts';
import type { ApiContext } from '../context.ts';
import { authenticated } from '../session.ts';

export function openRoutes({ openings }: ApiContext): FastifyPluginAsyncZod {
  return async (app) => {
    app.post('/desktop/open', { schema: { body: OpenRequest, response: { 200: OpenResult } } }, async (request) =>
      openings.open(authenticated(request), request.body),
    );
  };
}
