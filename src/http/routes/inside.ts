/** What is inside a desktop, as engine and kernel tell it: `/api/v1/desktops/:id/…`; the caller's own, or anybody's for staff. */
import { setInterval } from 'node:timers/promises';
import type { FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { DeskpodError } from '#domain/errors.ts';
import type { Target } from '#domain/engine.ts';
import { EngineHappening, Inside, InsideProcess, InsideSocket, Namespaces } from '#protocol/inside.ts';
import type { ApiContext } from '../context.ts';
import { readableDesktop, readableLaunch } from '../ownership.ts';
import { type EventStream, openEventStream } from '../sse.ts';

const Id = z.object({ id: z.string().max(253) });
const About = z.object({ launch: z.string().max(253).optional() });
/** Counters of the kernel and containers of others have no event; they are read only while somebody looks. */
const EVERY_MS = 1_000;

export function insideRoutes(context: ApiContext): FastifyPluginAsyncZod {
  const { engine, events } = context;
  const { debug } = engine;

  /** The desktop, or a launch of it. */
  async function targetOf(request: FastifyRequest, id: string, launch: string | undefined): Promise<Target> {
    const desktopId = await readableDesktop(context, request, id);
    if (launch === undefined) return { desktopId };
    const { record } = await readableLaunch(context, request, launch);
    if (record.desktopId !== desktopId) throw new DeskpodError('not_found', `There is no launch ${launch} there.`);
    return { desktopId, launchId: record.id };
  }

  async function follow(desktopId: string, stream: EventStream, first: Inside): Promise<void> {
    let shown = JSON.stringify(first);
    stream.send(first);
    for await (const _ of setInterval(EVERY_MS, null, { signal: stream.signal })) {
      const now = await debug.inside(desktopId);
      const text = JSON.stringify(now);
      if (text !== shown) stream.send(now);
      shown = text;
    }
  }

  return async (app) => {
    app.get('/desktops/:id/inside', { schema: { params: Id, response: { 200: Inside } } }, async (request) =>
      debug.inside(await readableDesktop(context, request, request.params.id)),
    );

    app.get('/desktops/:id/inside/stream', { schema: { params: Id } }, async (request, reply) => {
      const desktopId = await readableDesktop(context, request, request.params.id);
      const first = await debug.inside(desktopId);
      const stream = openEventStream(request, reply);
      context.stopping.addEventListener('abort', () => stream.end(), { signal: stream.signal });
      try {
        await follow(desktopId, stream, first);
      } catch (error) {
        // A desktop that went is told by its own event.
        const gone = error instanceof DeskpodError && error.code === 'not_found';
        if (!stream.signal.aborted && !gone) events.failed(`following what is inside ${desktopId}`, error);
      } finally {
        stream.end();
      }
    });

    app.get('/desktops/:id/namespaces', { schema: { params: Id, response: { 200: Namespaces } } }, async (request) =>
      debug.namespaces(await readableDesktop(context, request, request.params.id)),
    );

    app.get(
      '/desktops/:id/processes',
      { schema: { params: Id, response: { 200: z.object({ processes: z.array(InsideProcess) }) } } },
      async (request) => ({
        processes: [...(await debug.processes(await readableDesktop(context, request, request.params.id)))],
      }),
    );

    app.get(
      '/desktops/:id/sockets',
      { schema: { params: Id, response: { 200: z.object({ sockets: z.array(InsideSocket) }) } } },
      async (request) => ({
        sockets: [...(await debug.sockets(await readableDesktop(context, request, request.params.id)))],
      }),
    );

    app.get(
      '/desktops/:id/happenings',
      { schema: { params: Id, response: { 200: z.object({ happenings: z.array(EngineHappening) }) } } },
      async (request) => ({
        happenings: [...(await debug.happenings(await readableDesktop(context, request, request.params.id)))],
      }),
    );

    for (const page of ['describe', 'yaml'] as const) {
      app.get(
        `/desktops/:id/${page}`,
        { schema: { params: Id, querystring: About, response: { 200: z.string() } } },
        async (request, reply) => {
          const target = await targetOf(request, request.params.id, request.query.launch);
          void reply.type('text/plain; charset=utf-8');
          return reply.send(await debug[page](target));
        },
      );
    }
  };
}
