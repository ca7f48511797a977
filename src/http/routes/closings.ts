/** For separate gateway processes: `/api/v1/gateway/closings`. */
import type { FastifyPluginAsync } from 'fastify';
import { DeskpodError } from '#domain/errors.ts';
import { sameText } from '#domain/same-text.ts';
import { bearerToken } from '#protocol/bearer.ts';
import { CLOSINGS_PATH } from '#protocol/closing.ts';
import type { ApiContext } from '../context.ts';
import { openEventStream } from '../sse.ts';

export function closingsRoute({ closings, closingsToken }: ApiContext): FastifyPluginAsync {
  return async (app) => {
    app.get(CLOSINGS_PATH, { schema: { hide: true } }, async (request, reply) => {
      const token = bearerToken(request.headers.authorization);
      if (token === null || !sameText(token, closingsToken)) {
        throw new DeskpodError('not_authenticated', 'Only gateways of this installation can use this.');
      }
      const stream = openEventStream(request, reply);
      const stop = closings.subscribe((closing) => stream.send(closing));
      stream.signal.addEventListener('abort', stop);
      if (stream.signal.aborted) stop();
    });
  };
}
