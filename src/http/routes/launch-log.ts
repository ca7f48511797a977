/** Logs of running and finished launches, as text or as a stream, and support archives. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { DeskpodError } from '#domain/errors.ts';
import type { LaunchRecord } from '#domain/ports/store.ts';
import { Throttle } from '#domain/throttle.ts';
import { plainText } from '#protocol/escapes.ts';
import { ignore } from '#protocol/ignore.ts';
import type { ApiContext } from '../context.ts';
import { batched, LOG_BYTES_PER_SECOND } from '../log-batches.ts';
import { launchLines } from '../launch-lines.ts';
import { readableLaunch } from '../ownership.ts';
import { type EventStream, openEventStream } from '../sse.ts';
import { supportArchive } from '../support/archive.ts';

const Id = z.object({ id: z.string().max(253) });
/** `colors=true` keeps colours and styles (SGR). */
const Form = z.object({ colors: z.enum(['true', 'false']).default('false') });
const READ_TIMEOUT_MS = 10_000;
/** An engine may learn of a new container after its launch has started, and of a removed one before the launch has ended. */
const ABSENT_ATTEMPTS = 40;
const ABSENT_PAUSE_MS = 250;

export function launchLogRoutes(context: ApiContext): FastifyPluginAsyncZod {
  const throttle = new Throttle(LOG_BYTES_PER_SECOND);
  return async (app) => {
    const schema = { params: Id, querystring: Form, response: { 200: z.string() } };
    app.get('/launches/:id/log', { schema }, async (request, reply) => {
      const form = request.query.colors === 'true' ? (words: string) => words : plainText;
      const { record } = await readableLaunch(context, request, request.params.id);
      let text = '';
      for await (const line of launchLines(context.engine, record, false, AbortSignal.timeout(READ_TIMEOUT_MS)))
        text += `${line.at ? `${line.at} ` : ''}${form(line.text)}\n`;
      void reply
        .type('text/plain; charset=utf-8')
        .header('content-disposition', `attachment; filename="${record.id}.log"`);
      return reply.send(text);
    });

    app.get('/launches/:id/support', { schema: { params: Id } }, async (request, reply) => {
      const found = await readableLaunch(context, request, request.params.id);
      void reply
        .type('application/gzip')
        .header('content-disposition', `attachment; filename="${found.record.id}.tar.gz"`);
      return reply.send(await supportArchive(context, found));
    });

    app.get('/launches/:id/log/stream', { schema: { params: Id } }, async (request, reply) => {
      const { record } = await readableLaunch(context, request, request.params.id);
      const stream = openEventStream(request, reply);
      try {
        await sendLines(record, stream);
      } catch (error) {
        if (!stream.signal.aborted) context.events.failed(`following the log of ${record.id}`, error);
      } finally {
        stream.end();
      }
    });
  };

  /** Sends lines until the launch ends, then `end`. Waits while the engine doesn't know the container; rejects if it fails. */
  async function sendLines(record: LaunchRecord, stream: EventStream): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const lines = launchLines(context.engine, record, true, stream.signal);
        for await (const batch of batched(lines, throttle, stream.signal)) {
          stream.sendAll(batch);
          await stream.drained();
        }
        break;
      } catch (error) {
        if (stream.signal.aborted) return;
        if (await hasEnded(record.id)) break;
        if (attempt === ABSENT_ATTEMPTS || !isAbsent(error)) throw error;
        await delay(ABSENT_PAUSE_MS, undefined, { signal: stream.signal });
      }
    }
    stream.send({ id: record.id }, 'end');
  }

  async function hasEnded(id: string): Promise<boolean> {
    const found = await context.launches.find(id).catch(ignore('the failure to follow the log is reported', undefined));
    return found === null || (found !== undefined && found.record.end !== null);
  }
}

function isAbsent(error: unknown): boolean {
  return error instanceof DeskpodError && error.code === 'not_found';
}
