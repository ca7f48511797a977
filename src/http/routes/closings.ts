/** For gateways in processes of their own: `/api/v1/gateway/closings`. */
import type { FastifyPluginAsync } from 'fastify';
import { DeskpodError } from '#domain/errors.ts';
import { CLOSINGS_PATH } from '#protocol/closing.ts';
import type { ApiContext } from '../context.ts';
import { sameText } from '../session.ts';
import { openEventStream } from '../sse.ts';

export function closingsRoute({ closings, closingsToken }: ApiContext): FastifyPluginAsync {
  return async (app) => {
    app.get(CLOSINGS_PATH, { schema: { hide: true } }, async (request, reply) => {
      const token = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
      if (token === undefined || !sameText(token, closingsToken)) {
        throw new DeskpodError('not_authenticated', 'This is for gateways of this installation.');
      }
      const stream = openEventStream(request, reply);
      const stop = closings.subscribe((closing) => stream.send(closing));
      stream.signal.addEventListener('abort', stop);
      if (stream.signal.aborted) stop();
    });
  };
}
