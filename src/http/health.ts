/** `/healthz` and `/readyz`: whether this process is alive, and whether it is ready for requests. As text. */
import type { FastifyPluginAsync } from 'fastify';
import { waitAtMost } from '#domain/deadlines.ts';
import { messageOf } from '#domain/errors.ts';

/** Null when ready, else the reason, for people. Not answering within {@link READY_TIMEOUT_MS} counts as not ready. */
export type Readiness = () => Promise<string | null> | string | null;

/** Less than a probe's timeout. */
const READY_TIMEOUT_MS = 3_000;

export function healthRoutes(readiness: readonly Readiness[]): FastifyPluginAsync {
  return async (app) => {
    app.get('/healthz', async (_request, reply) => reply.header('cache-control', 'no-store').send('OK'));
    app.get('/readyz', async (_request, reply) => {
      const reasons = (await Promise.all(readiness.map(bounded))).filter((reason) => reason !== null);
      void reply.header('cache-control', 'no-store');
      return reasons.length === 0 ? reply.send('OK') : reply.status(503).type('text/plain').send(reasons.join('\n'));
    });
  };
}

async function bounded(ready: Readiness): Promise<string | null> {
  try {
    return await waitAtMost(READY_TIMEOUT_MS, Promise.resolve(ready()), "the database or the engine doesn't respond");
  } catch (error) {
    return messageOf(error);
  }
}
