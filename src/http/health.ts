/** Whether this process lives and whether it should be sent requests: `/healthz`, `/readyz`, as text. */
import type { FastifyPluginAsync } from 'fastify';

/** Null when all is well, else why not, for people. Bounded by its caller's patience: see {@link READY_TIMEOUT_MS}. */
export type Readiness = () => Promise<string | null> | string | null;

/** Shorter than a probe waits. */
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
  const { promise: late, resolve } = Promise.withResolvers<string>();
  const timer = setTimeout(() => resolve('something that this server needs does not answer'), READY_TIMEOUT_MS);
  try {
    return await Promise.race([ready(), late]);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    clearTimeout(timer);
  }
}
