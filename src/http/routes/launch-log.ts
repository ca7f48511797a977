/** Logs of launches, running or finished, as text or as a stream. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { LaunchRecord } from '#domain/store.ts';
import { KEPT_LOG_BYTES, parseLog, presentLine } from '#domain/log-text.ts';
import type { LogLine } from '#protocol/launch.ts';
import type { ApiContext } from '../context.ts';
import { readableLaunch } from '../ownership.ts';
import { openEventStream } from '../sse.ts';

const Id = z.object({ id: z.string().max(253) });
const READ_TIMEOUT_MS = 10_000;

export function launchLogRoutes(context: ApiContext): FastifyPluginAsyncZod {
  async function* lines(record: LaunchRecord, follow: boolean, signal: AbortSignal): AsyncGenerator<LogLine> {
    if (record.end) {
      yield* parseLog(record.end.log);
      return;
    }
    const target = { desktopId: record.desktopId, launchId: record.id };
    for await (const line of context.engine.logs(target, { follow, tailBytes: KEPT_LOG_BYTES }, signal))
      yield presentLine(line);
  }

  return async (app) => {
    app.get('/launches/:id/log', { schema: { params: Id, response: { 200: z.string() } } }, async (request, reply) => {
      const { record } = await readableLaunch(context, request, request.params.id);
      let text = '';
      for await (const line of lines(record, false, AbortSignal.timeout(READ_TIMEOUT_MS)))
        text += `${line.at ? `${line.at} ` : ''}${line.text}\n`;
      void reply
        .type('text/plain; charset=utf-8')
        .header('content-disposition', `attachment; filename="${record.id}.log"`);
      return reply.send(text);
    });

    app.get('/launches/:id/log/stream', { schema: { params: Id } }, async (request, reply) => {
      const { record } = await readableLaunch(context, request, request.params.id);
      const stream = openEventStream(request, reply);
      try {
        for await (const line of lines(record, true, stream.signal)) {
          stream.send(line);
          await stream.drained();
        }
        stream.send({ id: record.id }, 'end');
      } catch (error) {
        if (!stream.signal.aborted) context.events.failed(`following the log of ${record.id}`, error);
      } finally {
        stream.end();
      }
    });
  };
}
